terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }

  # terraform init -backend-config="bucket=PROJECT-terraform"
  backend "gcs" {
    prefix = "insight"
  }
}

provider "google" {
  project = var.project
  region  = var.region
}
