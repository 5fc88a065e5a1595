package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers hear signals that whoever started the daemon had it ignore, as nohup does. */
class IgnoredSignalsTest {
  private static final long HUP_INT_QUIT = 0b111;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void containersIgnoreNothingOfWhatTheDaemonWasToIgnore() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startIgnoring("HUP INT QUIT");
    TestContainer container = NODE.pod().idle();
    assertThat(ignored(container, "1") & HUP_INT_QUIT).isZero();
    assertThat(ignored(container, "self") & HUP_INT_QUIT).isZero();
  }

  /** What a process of the container ignores, a bit each. */
  private static long ignored(TestContainer container, String process) throws IOException {
    String line = container.sh("grep SigIgn /proc/" + process + "/status");
    return Long.parseUnsignedLong(line.substring(line.indexOf('\t') + 1), 16);
  }
}
