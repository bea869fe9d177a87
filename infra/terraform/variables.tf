variable "project" {
  description = "Google Cloud project, empty but for billing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 letters, digits and dashes."
  }
}

variable "region" {
  description = "Where the services run and the buckets lie. Health data stays here."
  type        = string
  default     = "europe-west4"
}

variable "database_location" {
  description = "Where Firestore lies; it can never be changed. Keep it in or around the region."
  type        = string
  default     = "eur3"
}

variable "domain" {
  description = "Host name of the API; its A record has to point to the output `address`."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "A host name without scheme or path."
  }
}

variable "origins" {
  description = "Origins of browser apps that may call and upload, such as https://app.example."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.origins : can(regex("^https://[^/*]+$", origin))])
    error_message = "An origin is https:// and a host, without path or wildcard."
  }
}

variable "repository" {
  description = "GitHub repository that is built, OWNER/NAME, connected to Cloud Build."
  type        = string

  validation {
    condition     = can(regex("^[^/]+/[^/]+$", var.repository))
    error_message = "OWNER/NAME."
  }
}

variable "branch" {
  description = "Branch whose pushes are deployed."
  type        = string
  default     = "main"
}

variable "alert_email" {
  description = "Who is told when something is wrong."
  type        = string
}

variable "analyzer" {
  description = "What finds elements: local, or gemini, which sends transcripts to Vertex AI."
  type        = string
  default     = "local"

  validation {
    condition     = contains(["local", "gemini"], var.analyzer)
    error_message = "local or gemini."
  }
}

variable "gemini_location" {
  description = "Where Vertex AI may read transcripts; needed with gemini."
  type        = string
  default     = ""

  validation {
    condition     = var.analyzer != "gemini" || var.gemini_location != ""
    error_message = "With gemini, say where transcripts may be read."
  }
}

variable "transcriber" {
  description = "What hears recordings: none only keeps them, google sends them to Speech-to-Text."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["google", "none"], var.transcriber)
    error_message = "google or none."
  }
}

variable "speech_location" {
  description = "Where Speech-to-Text may hear recordings; needed with google."
  type        = string
  default     = "europe-west4"
}

variable "speech_language" {
  description = "Language spoken in the recordings, as a BCP 47 tag."
  type        = string
  default     = "en-US"
}

variable "kms_key" {
  description = "Key of your own for Firestore and the buckets; empty: Google's."
  type        = string
  default     = ""
}

variable "requests_per_minute" {
  description = "Most requests of one address in a minute; more are answered 429."
  type        = number
  default     = 600

  validation {
    condition     = var.requests_per_minute >= 60 && var.requests_per_minute <= 100000
    error_message = "60 to 100,000."
  }
}

variable "first_image" {
  description = "What a service runs before its first deploy; it answers, and does nothing else."
  type        = string
  default     = "us-docker.pkg.dev/cloudrun/container/hello"
}
