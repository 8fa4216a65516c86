"""xllamacpp_server.py MODEL.gguf PORT: llama.cpp's HTTP server as the Python package xllamacpp brings it, in this process."""
import signal
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
if hasattr(params, "hostnames"):  # its newer name
    params.hostnames = ["127.0.0.1"]
else:
    params.hostname = "127.0.0.1"
params.port = int(sys.argv[2])
params.n_parallel = 4
params.n_ctx = 4 * 4096
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
signal.pause()
