locals {
  subscriptions = { for one in local.table.subscriptions : one.topic => one }

  # In whose name Pub/Sub forwards dead letters and signs its pushes.
  pubsub = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "topic" {
  for_each = toset(keys(local.subscriptions))

  name = each.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions

  name                       = "${each.value.service}-${each.key}"
  topic                      = google_pubsub_topic.topic[each.key].id
  ack_deadline_seconds       = each.value.ack_deadline_s
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = "${google_cloud_run_v2_service.service[each.value.service].uri}${each.value.path}"

    oidc_token {
      service_account_email = google_service_account.account["push"].email
      audience              = local.push_audience
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.min_backoff_s}s"
    maximum_backoff = "${each.value.max_backoff_s}s"
  }

  dynamic "dead_letter_policy" {
    for_each = each.value.dead_letter ? [true] : []
    content {
      dead_letter_topic     = google_pubsub_topic.topic["dead-letters"].id
      max_delivery_attempts = each.value.max_attempts
    }
  }
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.topic["dead-letters"].name
  role   = "roles/pubsub.publisher"
  member = local.pubsub
}

resource "google_pubsub_subscription_iam_member" "forwarded" {
  for_each = { for topic, one in local.subscriptions : topic => one if one.dead_letter }

  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub
}

resource "google_service_account_iam_member" "signs_pushes" {
  service_account_id = google_service_account.account["push"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub
}

# What stands still is published again, what is over is forgotten.
resource "google_cloud_scheduler_job" "sweep" {
  name             = "sweep"
  region           = var.region
  schedule         = "* * * * *"
  attempt_deadline = "${local.services["sweep"].timeout_s}s"

  retry_config {
    retry_count = 0
  }

  http_target {
    http_method = "POST"
    uri         = "${google_cloud_run_v2_service.service["sweep"].uri}/pipeline/sweep"

    oidc_token {
      service_account_email = google_service_account.account["push"].email
      audience              = local.push_audience
    }
  }
}
