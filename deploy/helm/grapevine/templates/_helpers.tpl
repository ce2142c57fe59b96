{{- define "grapevine.labels" -}}
app.kubernetes.io/name: grapevine
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "grapevine.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "grapevine.apiSecret" -}}
{{ .Values.api.existingSecret | default (printf "%s-api" .Release.Name) }}
{{- end }}

{{- define "grapevine.readyMesh" -}}
{{- if kindIs "string" .Values.readyMesh -}}
{{ min 1 (sub (int .Values.replicas) 1) }}
{{- else -}}
{{ int .Values.readyMesh }}
{{- end -}}
{{- end }}

{{- /*
Whom a node stays connected to: a handful, drawn by each for itself, of all that
the headless Service has; that is looked up again all the time, so that nobody
needs to be told of pods that come and go. tests/chart/ takes any two out of such
graphs, at several sizes.
*/ -}}
{{- define "grapevine.configuration" -}}
listen = ["/ip4/0.0.0.0/tcp/4001"]
topic = {{ toJson .Values.topics }}
peer = ["/dns4/{{ .Release.Name }}/tcp/4001"]
{{- if not .Values.identities.secret }}
identity = "/data/identity.key"
{{- end }}
{{- if .Values.privateNetwork.secret }}
swarm-key = "/network/swarm.key"
{{- end }}
peer-store = "/data/peers.db"
api = "0.0.0.0:4080"
api-token-file = "/api/token"
ready-mesh = {{ include "grapevine.readyMesh" . }}
{{ .Values.config }}
{{- end }}

{{- define "grapevine.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
capabilities:
  drop: [ALL]
{{- end }}
