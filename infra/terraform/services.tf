# Terraform owns the shape of a service; Cloud Build owns its revisions and their traffic.

locals {
  environment = merge(
    {
      INSIGHT_PLATFORM             = "google"
      GOOGLE_CLOUD_PROJECT         = var.project
      INSIGHT_FIRESTORE_DATABASE   = google_firestore_database.this.name
      INSIGHT_UPLOADS_BUCKET       = google_storage_bucket.bucket["uploads"].name
      INSIGHT_TRANSCRIPTS_BUCKET   = google_storage_bucket.bucket["transcripts"].name
      INSIGHT_PUSH_AUDIENCE        = local.push_audience
      INSIGHT_PUSH_SERVICE_ACCOUNT = google_service_account.account["push"].email
      INSIGHT_CORS_ORIGINS         = join(",", var.origins)
      INSIGHT_ANALYZER             = var.analyzer
      INSIGHT_TRANSCRIBER          = var.transcriber
    },
    var.analyzer == "gemini" ? { INSIGHT_GEMINI_LOCATION = var.gemini_location } : {},
    var.transcriber == "google" ? {
      INSIGHT_SPEECH_LOCATION = var.speech_location
      INSIGHT_SPEECH_LANGUAGE = var.speech_language
    } : {},
  )
}

resource "google_cloud_run_v2_service" "service" {
  for_each = local.services

  name                 = each.key
  location             = var.region
  ingress              = each.value.public ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  invoker_iam_disabled = each.value.skips_iam
  custom_audiences     = each.value.public ? [] : [local.push_audience]
  deletion_protection  = true

  template {
    service_account                  = google_service_account.account[each.value.account].email
    timeout                          = "${each.value.timeout_s}s"
    max_instance_request_concurrency = each.value.concurrency
    session_affinity                 = each.value.session_affinity
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"

    scaling {
      min_instance_count = each.value.least_instances
      max_instance_count = each.value.most_instances
    }

    containers {
      image = var.first_image

      resources {
        cpu_idle          = true
        startup_cpu_boost = true
        limits = {
          cpu    = tostring(each.value.cpu)
          memory = "${each.value.memory_mib}Mi"
        }
      }

      dynamic "env" {
        for_each = merge(local.environment, each.value.environment)
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [
      client,
      client_version,
      traffic,
      template[0].revision,
      template[0].containers[0].image,
      template[0].containers[0].command,
      template[0].containers[0].args,
    ]
  }
}

# Asks the tagged revisions of a deploy, which only the network inside can reach.
# From within a network of the project the smoke test reaches services that answer nobody outside:
# https://cloud.google.com/run/docs/securing/private-networking#from-other-services
resource "google_compute_network" "smoke" {
  name                    = "smoke"
  auto_create_subnetworks = false

  depends_on = [google_project_service.api]
}

resource "google_compute_subnetwork" "smoke" {
  name                     = "smoke"
  network                  = google_compute_network.smoke.id
  region                   = var.region
  ip_cidr_range            = "10.8.0.0/26"
  private_ip_google_access = true
}

resource "google_cloud_run_v2_job" "smoke" {
  name                = "smoke"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.account["smoke"].email
      max_retries     = 0
      timeout         = "600s"

      vpc_access {
        egress = "ALL_TRAFFIC"
        network_interfaces {
          network    = google_compute_network.smoke.id
          subnetwork = google_compute_subnetwork.smoke.id
        }
      }

      containers {
        image = var.first_image
      }
    }
  }

  lifecycle {
    ignore_changes = [
      client,
      client_version,
      template[0].template[0].containers[0].image,
      template[0].template[0].containers[0].args,
      template[0].template[0].containers[0].command,
    ]
  }
}
