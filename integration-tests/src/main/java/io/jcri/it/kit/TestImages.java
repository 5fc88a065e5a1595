package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes images out of Debian's static busybox and the programs of {@code integration-tests/native}.
 * Nothing comes from a registry.
 */
public final class TestImages {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private TestImages() {}

  /**
   * A small system: busybox with a hard link for each applet (a mount over one must not hide the
   * others), the usual directories, users root (0), www-data (33) and nobody (65534), and the ipcs
   * and pgrep that Debian's busybox lacks. Runs a shell.
   */
  public static TestImage busybox() throws IOException {
    return busybox(Layer.Compression.GZIP);
  }

  /** The same with its layer packed in another way. */
  public static TestImage busybox(Layer.Compression compression) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    for (String directory :
        List.of(
            "bin",
            "dev",
            "etc",
            "home",
            "lib",
            "mnt",
            "proc",
            "root",
            "run",
            "sbin",
            "sys",
            "usr",
            "usr/bin",
            "usr/sbin",
            "var",
            "var/log")) {
      entries.add(TarEntry.directory(directory, directory.equals("root") ? 0700 : 0755));
    }
    entries.add(TarEntry.directory("tmp", 01777));
    entries.add(TarEntry.symbolicLink("var/run", "../run"));
    entries.add(TarEntry.file("bin/busybox", 0755, Files.readAllBytes(BUSYBOX)));
    for (String applet : applets()) {
      if (!applet.equals("sh")) {
        entries.add(TarEntry.hardLink("bin/" + applet, "bin/busybox", 0755));
      }
    }
    entries.add(program("sh", "bin/sh", 0755));
    entries.add(program("ipcs", "usr/bin/ipcs", 0755));
    entries.add(program("pgrep", "usr/bin/pgrep", 0755));
    entries.addAll(accounts("", ""));
    return TestImage.of(Layer.of(compression, entries)).withCommand("sh");
  }

  /** An image of nothing but a program that waits to be ended. */
  public static TestImage pause() throws IOException {
    return TestImage.of(Layer.of(program("pause", "pause", 0755))).withEntrypoint("/pause");
  }

  /**
   * A web server on {@code port} over busybox, by the name of nginx: its title and pid file are
   * where tests look for nginx's.
   */
  public static TestImage nginx(int port) throws IOException {
    return busybox()
        .withLayer(Layer.of(program("webserver", "usr/sbin/nginx", 0755)))
        .withEntrypoint(
            "/usr/sbin/nginx",
            "-p",
            Integer.toString(port),
            "-P",
            "/var/run/nginx.pid",
            "-t",
            "nginx: master process nginx")
        .withStopSignal("SIGQUIT");
  }

  /** A web server on port 80 over busybox, by the name of httpd. */
  public static TestImage httpd() throws IOException {
    return busybox()
        .withLayer(Layer.of(program("webserver", "usr/local/bin/httpd", 0755)))
        .withEntrypoint("/usr/local/bin/httpd", "-p", "80");
  }

  /** Sends datagrams to port 53 back, over busybox. */
  public static TestImage datagrams() throws IOException {
    return busybox()
        .withLayer(Layer.of(program("datagrams", "usr/local/bin/datagrams", 0755)))
        .withEntrypoint("/usr/local/bin/datagrams", "53");
  }

  /** Writes numbered lines for some seconds, over busybox; the log of it can be judged. */
  public static TestImage lines() throws IOException {
    return busybox().withLayer(Layer.of(program("lines", "bin/lines", 0755)));
  }

  /** Says its effective user and ends; the program is set-user-ID root. */
  public static TestImage effectiveUid() throws IOException {
    return TestImage.of(Layer.of(program("effective-uid", "effective-uid", 04755)))
        .withEntrypoint("/effective-uid");
  }

  /** Busybox with user default-user (1000), who the image puts in group 50000 as well. */
  public static TestImage predefinedGroup() throws IOException {
    List<TarEntry> files =
        accounts(
            "default-user:x:1000:1000::/home/default-user:/bin/sh\n",
            "default-user:x:1000:\ngroup-defined-in-image:x:50000:default-user\n");
    return busybox().withLayer(Layer.of(Layer.Compression.GZIP, files)).withUser("1000");
  }

  /** Busybox with one more file, so that it is another image. */
  public static TestImage marked(String mark) throws IOException {
    return busybox().withLayer(Layer.of(TarEntry.file(mark, mark + "\n")));
  }

  /** Returns a native program as a member of a layer, owned by root. */
  public static TarEntry program(String name, String path, int mode) throws IOException {
    return TarEntry.file(path, mode, Files.readAllBytes(Workspace.nativeProgram(name)));
  }

  private static List<TarEntry> accounts(String moreUsers, String moreGroups) {
    return List.of(
        TarEntry.file(
            "etc/passwd",
            """
            root:x:0:0:root:/root:/bin/sh
            www-data:x:33:33:www-data:/var/www:/bin/false
            nobody:x:65534:65534:nobody:/nonexistent:/bin/false
            """
                + moreUsers),
        TarEntry.file(
            "etc/group",
            """
            root:x:0:
            www-data:x:33:
            nogroup:x:65534:
            """
                + moreGroups));
  }

  private static List<String> applets() throws IOException {
    return Command.of(BUSYBOX.toString(), "--list")
        .run()
        .orThrow()
        .out()
        .lines()
        .filter(applet -> !applet.equals("busybox"))
        .toList();
  }
}
