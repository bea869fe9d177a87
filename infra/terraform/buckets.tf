locals {
  buckets = {
    # What people send, and what was read from it: health data. Deleted is deleted.
    uploads     = { soft_delete_s = 0 }
    transcripts = { soft_delete_s = 0 }
    # What a deploy must remember to put traffic back.
    deploys = { soft_delete_s = 604800 }
  }
}

resource "google_storage_bucket" "bucket" {
  for_each = local.buckets

  name                        = "${var.project}-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  soft_delete_policy {
    retention_duration_seconds = each.value.soft_delete_s
  }

  # What an upload that never ended has left.
  lifecycle_rule {
    condition {
      age = 8
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  # A page sends the parts of a resumable upload straight to the session that it was given.
  dynamic "cors" {
    for_each = each.key == "uploads" && length(var.origins) > 0 ? [true] : []
    content {
      origin          = var.origins
      method          = ["PUT", "DELETE"]
      response_header = ["Content-Type", "Range", "X-GUploader-UploadID"]
      max_age_seconds = 3600
    }
  }

  dynamic "encryption" {
    for_each = var.kms_key == "" ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.api]
}

data "google_storage_project_service_account" "this" {}

resource "google_pubsub_topic_iam_member" "storage" {
  topic  = google_pubsub_topic.topic["uploads"].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${data.google_storage_project_service_account.this.email_address}"
}

# The finished upload starts the pipeline. Its ids are in the attributes; no content is sent.
resource "google_storage_notification" "uploads" {
  bucket         = google_storage_bucket.bucket["uploads"].name
  topic          = google_pubsub_topic.topic["uploads"].id
  payload_format = "NONE"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.storage]
}
