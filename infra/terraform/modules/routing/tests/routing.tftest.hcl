variables {
  endpoints = [
    { service = "list-things", method = "GET", path = "/v1/things" },
    { service = "make-thing", method = "POST", path = "/v1/things" },
    { service = "list-events", method = "GET", path = "/v1/things/{thing_id}/events" },
    { service = "get-health", method = "GET", path = "/v1/health" },
  ]
  relay    = { service = "relay", path = "/v1/things/{thing_id}/events" }
  fallback = "get-health"
}

run "sockets_come_first_and_ask_for_no_method" {
  command = plan

  assert {
    condition     = output.rules[0].service == "relay" && output.rules[0].priority == 1
    error_message = "The list of events would take the sockets."
  }

  assert {
    condition     = alltrue([for match in output.rules[0].matches : alltrue([for header in match.headers : header.name != ":method"])])
    error_message = "A socket over HTTP/2 comes by CONNECT."
  }
}

run "parameters_fit_one_segment" {
  command = plan

  assert {
    condition     = output.rules[0].matches[0].path == "/v1/things/{thing_id=*}/events"
    error_message = "The template is not that of one segment."
  }
}

run "reads_answer_head_too" {
  command = plan

  assert {
    condition     = [for match in output.rules[1].matches : match.headers[0].exact] == ["GET", "HEAD"]
    error_message = "HEAD of a read has no rule."
  }
}

run "every_path_has_a_rule_without_method_behind_those_with_one" {
  command = plan

  assert {
    condition     = length([for rule in output.rules : rule if length(rule.matches[0].headers) == 0]) == 3
    error_message = "A path leaves preflights and wrong methods to nobody."
  }

  assert {
    condition = min([for rule in output.rules : rule.priority if length(rule.matches[0].headers) == 0]...) > max([
      for rule in output.rules : rule.priority if length(rule.matches[0].headers) > 0
    ]...)
    error_message = "A rule for any method shadows one for some."
  }
}

run "shadowed_endpoint_is_refused" {
  command = plan

  variables {
    endpoints = [
      { service = "get-health", method = "GET", path = "/v1/{one}" },
      { service = "other", method = "GET", path = "/v1/{other}" },
    ]
  }

  expect_failures = [var.endpoints]
}

run "fallback_without_endpoint_is_refused" {
  command = plan

  variables {
    fallback = "nobody"
  }

  expect_failures = [var.fallback]
}
