output "address" {
  description = "What the A record of the domain has to point to."
  value       = google_compute_global_address.api.address
}

output "api" {
  description = "Where clients call."
  value       = "https://${var.domain}${local.table.base}"
}
