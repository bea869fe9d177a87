output "rules" {
  description = "Route rules by priority; `matches` are alternatives."
  value = [
    for index, rule in local.ordered : {
      priority = index + 1
      service  = rule.service
      matches = [
        for headers in rule.headers : { path = local.templates[rule.path], headers = headers }
      ]
    }
  ]
}

output "fallback" {
  description = "Service that answers what no rule fits."
  value       = var.fallback
}
