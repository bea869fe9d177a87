# One service account for each kind of function, with what that kind does and nothing more
# (infra/build/rights.py; tests run the functions with exactly these rights).

locals {
  engines = concat(
    [""],
    var.analyzer == "gemini" ? ["gemini"] : [],
    var.transcriber == "google" ? ["speech"] : [],
  )

  grants = {
    for grant in local.table.grants :
    "${grant.account} ${grant.role} ${grant.on}" => grant
    if contains(local.engines, grant.only_with)
  }

  grants_on = {
    for kind in ["project", "bucket", "topic", "repository", "accounts", "pipeline"] :
    kind => { for key, grant in local.grants : key => grant if split(":", grant.on)[0] == kind }
  }

  members = {
    for name in local.table.accounts :
    name => "serviceAccount:${google_service_account.account[name].email}"
  }
}

resource "google_service_account" "account" {
  for_each = toset(local.table.accounts)

  account_id   = "insight-${each.key}"
  display_name = "Insight Journey: ${each.key}"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "grant" {
  for_each = local.grants_on.project

  project = var.project
  role    = each.value.role
  member  = local.members[each.value.account]
}

resource "google_storage_bucket_iam_member" "grant" {
  for_each = local.grants_on.bucket

  bucket = google_storage_bucket.bucket[split(":", each.value.on)[1]].name
  role   = each.value.role
  member = local.members[each.value.account]
}

resource "google_pubsub_topic_iam_member" "grant" {
  for_each = local.grants_on.topic

  topic  = google_pubsub_topic.topic[split(":", each.value.on)[1]].name
  role   = each.value.role
  member = local.members[each.value.account]
}

resource "google_artifact_registry_repository_iam_member" "grant" {
  for_each = local.grants_on.repository

  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = each.value.role
  member     = local.members[each.value.account]
}

# Who deploys may let a service run in the name of its account, and in no other.
resource "google_service_account_iam_member" "grant" {
  for_each = {
    for pair in setproduct(keys(local.grants_on.accounts), local.table.runtime_accounts) :
    join(" ", pair) => { grant = local.grants_on.accounts[pair[0]], on = pair[1] }
  }

  service_account_id = google_service_account.account[each.value.on].name
  role               = each.value.grant.role
  member             = local.members[each.value.grant.account]
}

resource "google_cloud_run_v2_service_iam_member" "grant" {
  for_each = {
    for pair in setproduct(keys(local.grants_on.pipeline), keys(local.pipeline)) :
    join(" ", pair) => { grant = local.grants_on.pipeline[pair[0]], service = pair[1] }
  }

  location = var.region
  name     = google_cloud_run_v2_service.service[each.value.service].name
  role     = each.value.grant.role
  member   = local.members[each.value.grant.account]
}
