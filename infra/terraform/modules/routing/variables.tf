variable "endpoints" {
  description = "Public endpoints: service, method and path template."
  type = list(object({
    service = string
    method  = string
    path    = string
  }))

  validation {
    condition = length(distinct([
      for endpoint in var.endpoints :
      "${endpoint.method} ${replace(endpoint.path, "/\\{\\w+\\}/", "*")}"
    ])) == length(var.endpoints)
    error_message = "Two endpoints have the same method and the same form of path: one is shadowed."
  }

  validation {
    condition     = alltrue([for endpoint in var.endpoints : can(regex("^(/[a-z0-9_.-]+|/\\{\\w+\\})+$", endpoint.path))])
    error_message = "A path is of lower-case segments and {parameters}."
  }
}

variable "relay" {
  description = "The WebSocket service and its path template."
  type = object({
    service = string
    path    = string
  })
}

variable "fallback" {
  description = "Service that answers what no endpoint has; its edge says 404."
  type        = string

  validation {
    condition     = contains([for endpoint in var.endpoints : endpoint.service], var.fallback)
    error_message = "Only the service of an endpoint can answer."
  }
}
