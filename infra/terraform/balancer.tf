module "routing" {
  source = "./modules/routing"

  endpoints = [
    for endpoint in local.table.endpoints : endpoint if local.services[endpoint.service].public
  ]
  relay    = local.table.relay
  fallback = local.table.fallback
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each = local.public

  name                  = each.key
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.service[each.key].name
  }
}

resource "google_compute_backend_service" "service" {
  for_each = local.public

  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.limits.id

  backend {
    group = google_compute_region_network_endpoint_group.service[each.key].id
  }

  # Paths hold ids only, and no query is a secret; who called what is in the services' own log.
  log_config {
    enable = false
  }
}

resource "google_compute_url_map" "api" {
  name            = "insight"
  default_service = google_compute_backend_service.service[module.routing.fallback].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.service[module.routing.fallback].id

    dynamic "route_rules" {
      for_each = module.routing.rules
      content {
        priority = route_rules.value.priority
        service  = google_compute_backend_service.service[route_rules.value.service].id

        dynamic "match_rules" {
          for_each = route_rules.value.matches
          content {
            path_template_match = match_rules.value.path

            dynamic "header_matches" {
              for_each = match_rules.value.headers
              content {
                header_name   = header_matches.value.name
                exact_match   = header_matches.value.exact
                present_match = header_matches.value.present
              }
            }
          }
        }
      }
    }
  }
}

resource "google_compute_global_address" "api" {
  name = "insight"

  depends_on = [google_project_service.api]
}

resource "google_compute_managed_ssl_certificate" "api" {
  name = "insight"

  managed {
    domains = [var.domain]
  }
}

resource "google_compute_ssl_policy" "modern" {
  name            = "insight"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "api" {
  name             = "insight"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
  ssl_policy       = google_compute_ssl_policy.modern.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "insight-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.api.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.api.id
}

resource "google_compute_url_map" "to_https" {
  name = "insight-to-https"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "PERMANENT_REDIRECT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "to_https" {
  name    = "insight-to-https"
  url_map = google_compute_url_map.to_https.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "insight-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.api.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.to_https.id
}

# Limits by address. What a request says is not inspected: people's words look like anything.
resource "google_compute_security_policy" "limits" {
  name = "insight"
  type = "CLOUD_ARMOR"

  rule {
    priority = 1000
    action   = "throttle"

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    priority = 2147483647
    action   = "allow"

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.api]
}
