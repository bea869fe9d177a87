resource "google_artifact_registry_repository" "images" {
  location      = var.region
  repository_id = "insight"
  format        = "DOCKER"

  # What may still have to be put back is among the last twenty.
  cleanup_policies {
    id     = "keep-the-last"
    action = "KEEP"
    most_recent_versions {
      keep_count = 20
    }
  }

  cleanup_policies {
    id     = "forget-the-rest"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "7776000s"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_cloudbuild_trigger" "push" {
  name            = "deploy"
  location        = var.region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.account["build"].id

  github {
    owner = split("/", var.repository)[0]
    name  = split("/", var.repository)[1]
    push {
      branch = "^${var.branch}$"
    }
  }

  substitutions = {
    _REGION     = var.region
    _REPOSITORY = google_artifact_registry_repository.images.repository_id
    _DATABASE   = google_firestore_database.this.name
    _JOURNAL    = google_storage_bucket.bucket["deploys"].name
  }
}
