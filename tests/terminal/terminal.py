"""A program at a pseudo-terminal: press keys, look at the screen.

The program draws a screen anew each time (home, clear), so what stands on it is what came after the
last clearing. On a plain terminal everything that came is looked at.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

CLEAR = b"\x1b[H\x1b[2J"
PATIENCE = 20  # seconds until a screen that does not come is a failure


class Terminal:
    def __init__(self, command, folder, rows=24, columns=80, **environment):
        self.keys = 0
        self.bytes = b""
        self.code = None
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.environ.update(environment)
            os.execv(command[0], command)
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.columns = columns
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """What comes within so many seconds; False at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.fd, 65536)
        except OSError:
            return False
        self.bytes += piece
        return bool(piece)

    def screen(self):
        shown = self.bytes.rsplit(CLEAR, 1)[-1].decode("utf-8", "replace")
        shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
        # a line that is edited is drawn over itself
        lines = [line.split("\x1b[K")[-1] for line in shown.replace("\r\n", "\n").split("\n")]
        return "\n".join(lines)

    def words(self):
        """The screen without its line breaks."""
        return " ".join(self.screen().split())

    def wait(self, text):
        """Until `text` stands on the screen, wherever its lines are broken."""
        until = time.monotonic() + PATIENCE
        while text not in self.words():
            if time.monotonic() > until or not self.read(0.05):
                if text in self.words():
                    return self
                raise AssertionError(f"not on the screen: {text!r}\n{self.screen()}")
        return self

    def press(self, keys, text=None):
        """Keys one after the other; then wait for `text`."""
        for key in keys:
            os.write(self.fd, key.encode())
            self.keys += 1
        return self.wait(text) if text else self

    def type_bytes(self, keys):
        """Bytes as a terminal of another encoding sends them."""
        os.write(self.fd, keys)
        return self

    def press_one_by_one(self, keys, texts):
        """Each key, and then what must stand there."""
        for key, text in zip(keys, texts, strict=True):
            self.press(key, text)
        return self

    def end(self):
        """Until the program has ended: its exit code."""
        while self.code is None and self.read(PATIENCE):
            pass
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        return self.code

    def kill(self, how=signal.SIGKILL):
        os.kill(self.child, how)
        return self.end()

    def hang_up(self):
        """The connection is lost."""
        os.close(self.fd)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        return self.code

    def close(self):
        if self.code is None:
            self.kill()

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)
