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
Whom a node stays connected to, by its ordinal: a list of ordinals, as JSON.

Each dials those that are 1 to 6, 12, 24, 48 and 96 before it, and after it as
far as they run. Those before it are always there, as a StatefulSet counts from
0, so that also after `kubectl scale` the nodes 0 to n-1 are one graph. That
each has six before it (or all) keeps it whole without any five: a node that is
added to a graph that no five can cut, by six edges, can itself not be cut off
by five. The distant ones make it small: 4 steps across 100 nodes. That both
ends dial brings a pod back at once, whichever of the two was away. A node has
at most 20 of these connections; the mesh of a topic takes 6 of them, and the
others get gossip. tests/chart/ takes any two out of the graph, at several sizes.
*/ -}}
{{- define "grapevine.neighbours" -}}
{{- $own := .ordinal -}}
{{- $found := list -}}
{{- range $away := list 1 2 3 4 5 6 12 24 48 96 -}}
{{- if ge (sub $own $away) 0 -}}
{{- $found = append $found (sub $own $away) -}}
{{- end -}}
{{- if lt (add $own $away) (int64 $.replicas) -}}
{{- $found = append $found (add $own $away) -}}
{{- end -}}
{{- end -}}
{{ toJson $found }}
{{- end }}

{{- define "grapevine.configuration" -}}
listen = ["/ip4/0.0.0.0/tcp/4001"]
topic = {{ toJson .root.Values.topics }}
peer = [
{{- range fromJsonArray (include "grapevine.neighbours" (dict "ordinal" .ordinal "replicas" .root.Values.replicas)) }}
  "/dns4/{{ $.root.Release.Name }}-{{ . }}.{{ $.root.Release.Name }}/tcp/4001",
{{- end }}
]
{{- if .root.Values.identities.secret }}
identity = "/identities/{{ .root.Release.Name }}-{{ .ordinal }}"
{{- else }}
identity = "/data/identity.key"
{{- end }}
peer-store = "/data/peers.db"
api = "0.0.0.0:4080"
api-token-file = "/api/token"
ready-mesh = {{ include "grapevine.readyMesh" .root }}
{{ .root.Values.config }}
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
