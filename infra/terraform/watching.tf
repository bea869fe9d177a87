# What each alert means and what to do is told in ../README.md, under its name.

locals {
  services_label = "resource.type=\"cloud_run_revision\""

  # filter, aligner, over what, above which value, for how long.
  alerts = {
    "dead letters" = {
      filter   = "metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\" AND resource.type=\"pubsub_subscription\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 0
      duration = "0s"
    }
    "messages wait" = {
      filter   = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\""
      aligner  = "ALIGN_MAX"
      reducer  = "REDUCE_MAX"
      above    = 900
      duration = "300s"
    }
    "unexpected errors" = {
      filter   = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.unexpected.name}\" AND ${local.services_label}"
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 0
      duration = "0s"
    }
    "server errors" = {
      filter   = "metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class=\"5xx\" AND ${local.services_label}"
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      above    = 20
      duration = "300s"
    }
    "slow answers" = {
      filter   = "metric.type=\"loadbalancing.googleapis.com/https/total_latencies\" AND resource.type=\"https_lb_rule\""
      aligner  = "ALIGN_PERCENTILE_95"
      reducer  = "REDUCE_MAX"
      above    = 5000
      duration = "600s"
    }
    "not reachable" = {
      filter   = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.health.uptime_check_id}\" AND resource.type=\"uptime_url\""
      aligner  = "ALIGN_NEXT_OLDER"
      reducer  = "REDUCE_COUNT_FALSE"
      above    = 1
      duration = "120s"
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  display_name = "Insight Journey"
  type         = "email"
  labels = {
    email_address = var.alert_email
  }

  depends_on = [google_project_service.api]
}

# What nobody expected: the edge logs it with the type of the error and no content.
resource "google_logging_metric" "unexpected" {
  name   = "insight-unexpected-errors"
  filter = "${local.services_label} AND severity>=ERROR"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_uptime_check_config" "health" {
  display_name = "Insight Journey"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path         = local.table.health
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project
      host       = var.domain
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  display_name          = "Insight Journey: ${each.key}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = each.key

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = each.value.duration

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "infra/README.md says what `${each.key}` means and what to do."
  }
}

# Who read or changed health data is written down, and kept by Google for as long as its log bucket.
resource "google_project_iam_audit_config" "data" {
  for_each = toset(["firestore.googleapis.com", "storage.googleapis.com", "identitytoolkit.googleapis.com"])

  project = var.project
  service = each.key

  audit_log_config {
    log_type = "DATA_READ"
  }

  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
