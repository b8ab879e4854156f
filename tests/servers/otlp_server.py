"""A collector of traces by opentelemetry-proto. Says its port on standard output; writes each span to a file.

usage: otlp_server.py TOOK
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


def plain(attributes):
    return {a.key: a.value.string_value or a.value.int_value for a in attributes}


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = ExportTraceServiceRequest.FromString(body)
        with open(sys.argv[1], "a", encoding="utf-8") as took:
            for resource in request.resource_spans:
                service = plain(resource.resource.attributes).get("service.name")
                for span in (s for scope in resource.scope_spans for s in scope.spans):
                    line = {
                        "path": self.path,
                        "service": service,
                        "trace": span.trace_id.hex(),
                        "span": span.span_id.hex(),
                        "parent": span.parent_span_id.hex(),
                        "name": span.name,
                        "nanos": span.end_time_unix_nano - span.start_time_unix_nano,
                        "attributes": plain(span.attributes),
                        "links": [link.trace_id.hex() for link in span.links],
                    }
                    took.write(json.dumps(line) + "\n")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, flush=True)
server.serve_forever()
