package io.jcri.oci.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ProcessUser;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserResolverTest {
  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      # a comment
      web:x:1000:1001:Web:/srv:/bin/sh
      4242:x:0:0:digits for a name::
      big:x:4294967296:0:::
      minus:x:-1:0:::
      short:x
      jürgen:x:77:78:::
      web:x:2:2:a second web:::
      """;
  private static final String GROUP =
      """
      root:x:0:
      wheel:x:10:root,web
      video:x:20:web,other
      twice:x:20:web
      99:x:0:web
      huge:x:4294967295:web
      users:x:1001
      """;
  private static final Path ROOT = Path.of("/rootfs");

  private final UserResolver resolver =
      new UserResolver(files(Map.of("etc/passwd", PASSWD, "etc/group", GROUP)));

  @ParameterizedTest(name = "USER \"{0}\"")
  @CsvSource({
    "'', 0, 0, '0,10'",
    "root, 0, 0, '0,10'",
    "0, 0, 0, '0,10'",
    "web, 1000, 1001, '0,10,20,1001'",
    "1000, 1000, 1001, '0,10,20,1001'",
    "web:video, 1000, 20, '0,10,20'",
    "web:99, 1000, 99, '0,10,20,99'",
    "1000:5, 1000, 5, '0,5,10,20'",
    "5000, 5000, 0, '0'",
    "5000:6000, 5000, 6000, '6000'",
    "web:, 1000, 1001, '0,10,20,1001'",
    ":5, 0, 5, '5,10'",
    "4242, 4242, 0, '0'",
    "0004242, 4242, 0, '0'",
    "4294967294, 4294967294, 0, '0'",
    "jürgen, 77, 78, '78'",
  })
  void resolvesImageUsers(String user, long uid, long gid, String gids) {
    ProcessUser resolved = resolver.resolve(ROOT, UserRequest.ofImage(user));
    assertThat(resolved.uid()).isEqualTo(uid);
    assertThat(resolved.gid()).isEqualTo(gid);
    assertThat(resolved.additionalGids())
        .isEqualTo(List.of(gids.split(",", -1)).stream().map(Long::valueOf).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody",
        "big",
        "minus",
        "short",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "-1",
        "+5",
        "web:nogroup",
        "web:huge",
        "web:4294967296",
        " 0",
        "０",
        "web:-1"
      })
  void refusesImageUsersThatAreNotThere(String user) {
    assertInvalid(UserRequest.ofImage(user));
  }

  @Test
  void prefersTheRequestToTheImage() {
    ProcessUser user =
        resolver.resolve(
            ROOT,
            new UserRequest(
                Optional.of(1000L),
                Optional.empty(),
                Optional.of(7L),
                List.of(8L, 7L, 8L),
                UserRequest.GroupPolicy.MERGE,
                "root:root"));
    assertThat(user).isEqualTo(new ProcessUser(1000, 7, none(), List.of(7L, 10L, 20L, 0L, 8L)));
  }

  @Test
  void resolvesARequestedNameAndIgnoresTheImagesGroup() {
    ProcessUser user =
        resolver.resolve(
            ROOT,
            new UserRequest(
                Optional.empty(),
                Optional.of("web"),
                Optional.empty(),
                List.of(),
                UserRequest.GroupPolicy.STRICT,
                "root:root"));
    assertThat(user).isEqualTo(new ProcessUser(1000, 1001, none(), List.of(1001L)));
  }

  @Test
  void readsNothingWhenIdsAndStrictPolicySayItAll() {
    RootfsFiles unreadable =
        (root, path, max) -> {
          throw new OciException(Kind.INVALID, path + " must not be read");
        };
    ProcessUser user =
        new UserResolver(unreadable)
            .resolve(
                ROOT,
                new UserRequest(
                    Optional.of(5L),
                    Optional.empty(),
                    Optional.of(6L),
                    List.of(7L),
                    UserRequest.GroupPolicy.STRICT,
                    ""));
    assertThat(user).isEqualTo(new ProcessUser(5, 6, none(), List.of(6L, 7L)));
  }

  @Test
  void needsNoFilesAtAll() {
    ProcessUser user = new UserResolver(files(Map.of())).resolve(ROOT, UserRequest.ofImage("9:8"));
    assertThat(user).isEqualTo(new ProcessUser(9, 8, none(), List.of(8L)));
  }

  @Test
  void refusesContradictions() {
    UserRequest.GroupPolicy merge = UserRequest.GroupPolicy.MERGE;
    assertInvalid(
        new UserRequest(
            Optional.of(1L), Optional.of("web"), Optional.empty(), List.of(), merge, ""));
    assertInvalid(
        new UserRequest(
            Optional.empty(), Optional.empty(), Optional.of(1L), List.of(), merge, "web"));
    assertInvalid(
        new UserRequest(
            Optional.of(-1L), Optional.empty(), Optional.empty(), List.of(), merge, ""));
    assertInvalid(
        new UserRequest(
            Optional.of(1L), Optional.empty(), Optional.of(1L << 32), List.of(), merge, ""));
    assertInvalid(
        new UserRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(0xffff_ffffL),
            merge,
            ""));
    assertInvalid(
        new UserRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            LongStream.range(1, 65537).boxed().toList(),
            merge,
            ""));
  }

  /** As many creations at once as there are must not fill the heap with what an image has there. */
  @Test
  void aFileOfManyLinesTakesNoMoreRoomThanItsText() {
    String passwd = "web:x:7:8:::\n" + "a::1:1\n".repeat(UserResolver.MAX_FILE_BYTES / 8);
    UserResolver large = new UserResolver(files(Map.of("etc/passwd", passwd)));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    ProcessUser user = large.resolve(ROOT, UserRequest.ofImage("web"));
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(user.uid()).isEqualTo(7);
    assertThat(taken).isLessThan(8L * UserResolver.MAX_FILE_BYTES);
  }

  private void assertInvalid(UserRequest request) {
    assertThatThrownBy(() -> resolver.resolve(ROOT, request))
        .isInstanceOf(OciException.class)
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
  }

  private static RootfsFiles files(Map<String, String> content) {
    return (root, path, max) ->
        Optional.ofNullable(content.get(path)).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<Integer> none() {
    return Optional.empty();
  }
}
