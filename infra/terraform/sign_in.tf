resource "google_identity_platform_config" "this" {
  authorized_domains = distinct(concat(
    ["${var.project}.firebaseapp.com"],
    [for origin in var.origins : split(":", trimprefix(origin, "https://"))[0]],
  ))

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }
  }

  depends_on = [google_project_service.api]
}
