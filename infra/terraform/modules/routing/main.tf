# Which service answers which request, as rules of a URL map. No provider is needed, so that
# `terraform test` tries it anywhere. Rules are tried by priority, and the first that fits counts.

terraform {
  required_version = ">= 1.9"
}

locals {
  paths = distinct([for endpoint in var.endpoints : endpoint.path])

  # `{id}` fits one segment of a path; written out, so that nobody has to know it.
  templates = {
    for path in distinct(concat(local.paths, [var.relay.path])) :
    path => replace(path, "/\\{(\\w+)\\}/", "{$1=*}")
  }

  # A WebSocket has the path of the list of events. Its method is GET over HTTP/1.1 and CONNECT over
  # HTTP/2 (RFC 8441), and `Upgrade` is only in the former: `Sec-WebSocket-Version` is in both.
  sockets = [{
    service = var.relay.service
    path    = var.relay.path
    headers = [[{ name = "sec-websocket-version", exact = null, present = true }]]
  }]

  methods = [
    for endpoint in var.endpoints : {
      service = endpoint.service
      path    = endpoint.path
      headers = [
        for method in(endpoint.method == "GET" ? ["GET", "HEAD"] : [endpoint.method]) :
        [{ name = ":method", exact = method, present = null }]
      ]
    }
  ]

  # Any function of a path knows its methods: it answers a preflight, and 405 to what it has not.
  others = [
    for path in local.paths : {
      service = [for endpoint in var.endpoints : endpoint.service if endpoint.path == path][0]
      path    = path
      headers = [[]]
    }
  ]

  ordered = concat(local.sockets, local.methods, local.others)
}
