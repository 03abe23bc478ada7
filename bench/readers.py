"""Many clients in one thread: each downloads once and throws the bytes away, as fast as they come or at a rate of its own."""
import heapq
import selectors
import socket
import time

from clients import Failed

PIECE = 1 << 20
# Linux drops the bytes in the kernel, so that a thousand readers do not cost a core.
DROP = socket.MSG_TRUNC
BUFFER = memoryview(bytearray(PIECE))


class Reader:
    """One connection and what came over it."""

    def __init__(self, port, path, small):
        self.path, self.length, self.received, self.first, self.ended = path, None, 0, None, None
        self.head = b""
        self.socket = socket.socket()
        if small:
            # What a slow reader has not read waits on the other side.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)

    def ask(self):
        self.began = time.perf_counter()
        self.socket.send(f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())

    def read(self, most):
        """Takes at most that many bytes of the body; what it got, None when nothing was there."""
        try:
            if self.length is None:
                return self._head()
            count = self.socket.recv_into(BUFFER, min(most, PIECE), DROP)
        except BlockingIOError:
            return None
        if count == 0:
            raise Failed(f"{self.path}: {self.received} of {self.length} bytes")
        return self._got(count)

    def _head(self):
        piece = self.socket.recv(4096)
        if not piece:
            raise Failed(f"{self.path}: closed before an answer")
        self.head += piece
        head, mark, body = self.head.partition(b"\r\n\r\n")
        if not mark:
            return 0
        lines = head.decode("latin-1").lower().split("\r\n")
        if " 200 " not in lines[0] + " ":
            raise Failed(f"{self.path}: {lines[0]}")
        self.length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        return self._got(len(body))

    def _got(self, count):
        if count and self.first is None:
            self.first = time.perf_counter() - self.began
        self.received += count
        if self.received == self.length:
            self.ended = time.perf_counter()
            self.socket.close()
        return count


class Readers:
    """All of them. Whoever makes them closes them."""

    def __init__(self, port, paths, small=False):
        self.all = [Reader(port, path, small) for path in paths]

    def ask(self):
        for reader in self.all:
            reader.ask()

    def drain(self, seconds):
        """Everything at full speed; fails when it takes longer."""
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for reader in self.all:
                selector.register(reader.socket, selectors.EVENT_READ, reader)
            while selector.get_map():
                if time.monotonic() > until:
                    raise Failed(f"{len(selector.get_map())} of {len(self.all)} readers unserved after {seconds} s")
                for key, _ in selector.select(1):
                    file = key.fd
                    key.data.read(PIECE)
                    if key.data.ended:
                        selector.unregister(file)

    def trickle(self, rate, seconds, pause=0.25, stop=lambda: False):
        """Each at that many bytes a second, with pauses of that many seconds, for a while; bytes that all got together."""
        began, piece = time.monotonic(), int(rate * pause)
        due = [(began + pause * index / len(self.all), index) for index in range(len(self.all))]
        heapq.heapify(due)
        while due and not stop():
            when, index = heapq.heappop(due)
            now = time.monotonic()
            if now > began + seconds:
                break
            time.sleep(max(0.0, when - now))
            reader, left = self.all[index], piece
            while left > 0 and not reader.ended:
                count = reader.read(left)
                if count is None:
                    break
                left -= count
            if not reader.ended:
                heapq.heappush(due, (max(when + pause, now), index))
        return sum(reader.received for reader in self.all)

    def close(self):
        for reader in self.all:
            reader.socket.close()
