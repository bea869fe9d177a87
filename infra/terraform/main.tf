# What is here and how it hangs together is told in ../README.md.

locals {
  # Written by `python -m infra.build table` from shared/endpoints.py.
  table = jsondecode(file("${path.module}/endpoints.json"))

  services = { for service in local.table.services : service.name => service }
  public   = { for name, service in local.services : name => service if service.public }
  pipeline = { for name, service in local.services : name => service if !service.public }

  push_audience = "https://${var.domain}/pipeline"

  apis = toset([
    "aiplatform", "artifactregistry", "cloudbuild", "cloudscheduler", "compute", "firebaserules",
    "firestore", "iam", "iamcredentials", "identitytoolkit", "logging", "monitoring", "pubsub",
    "run", "speech", "storage",
  ])
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_project_service" "api" {
  for_each = local.apis

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
