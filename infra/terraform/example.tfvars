project     = "insight-example"
region      = "europe-west4"
domain      = "api.example.org"
origins     = ["https://app.example.org"]
repository  = "example/insight-journey"
transcriber = "google"
alert_email = "oncall@example.org"
