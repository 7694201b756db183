"""Runs the real Milvus server 2.3.5 from PyPI's `milvus` on loopback until it is killed.

    python -m tests.support.milvus_standalone FOLDER PORT

The binary is unpacked once, which takes half a minute of the processor's time.
"""

import socket
import sys
import time
from pathlib import Path

from milvus import MilvusServer, MilvusServerConfig

_UNPACKED = Path.home() / ".cache" / "wenzheng-tests" / "milvus-2.3.5" / "bin"


class Config(MilvusServerConfig):
    """What is written is mapped from files, as docs/milvus.md says, which the package leaves out.

    A port that a killed server has just left is taken again, as the server itself does.
    """

    def load_template(self) -> None:
        super().load_template()
        mapped = Path(self.configs["data_dir"]) / "mapped"
        node = "\nqueryNode:\n"
        assert node in self.template_text
        self.template_text = self.template_text.replace(node, f"{node}  mmapDirPath: {mapped}\n")

    def try_bind_port(self, port: int) -> socket.socket | None:
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            probe.close()
            return None
        return probe


def main() -> None:
    folder, port = Path(sys.argv[1]), sys.argv[2]
    _UNPACKED.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "bin").exists():
        (folder / "bin").symlink_to(_UNPACKED)
    server = MilvusServer(Config(data_dir=str(folder), proxy_port=port))
    server.start()  # returns when the server says that it is well
    print("READY", flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
