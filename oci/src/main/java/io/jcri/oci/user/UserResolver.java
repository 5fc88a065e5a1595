package io.jcri.oci.user;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ProcessUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Turns "who to run as" into numbers with the help of the image's own /etc/passwd and /etc/group.
 * Those files are read only when a name or a membership is to be looked up. Thread-safe.
 *
 * <p>Digits are an id and nothing else, even when the image has a user of that name, so that {@code
 * run_as_user: 1000} and an image's {@code USER 1000} cannot be mapped to root.
 */
public final class UserResolver {

  /** An image whose passwd or group file is larger is refused. */
  public static final int MAX_FILE_BYTES = 1 << 20;

  /** NGROUPS_MAX: what setgroups(2) takes. */
  private static final int MAX_GROUPS = 65536;

  private final RootfsFiles files;

  public UserResolver(RootfsFiles files) {
    this.files = files;
  }

  /** Both parts as written; either may be digits. */
  private record Names(String user, Optional<String> group) {}

  /**
   * Answers with the ids to put into config.json.
   *
   * @param rootfs the container's mounted root file system
   * @throws OciException INVALID when the request contradicts itself, an id is out of range, a name
   *     is not in the image's files or one of those is no regular file or too large
   */
  public ProcessUser resolve(Path rootfs, UserRequest request) {
    checkRanges(request);
    Names names = names(request);
    boolean merge = request.policy() == UserRequest.GroupPolicy.MERGE;
    boolean needsPasswd = merge || !UnixIds.isNumeric(names.user()) || names.group().isEmpty();
    boolean needsGroup = merge || names.group().filter(g -> !UnixIds.isNumeric(g)).isPresent();
    AccountFiles accounts =
        new AccountFiles(
            needsPasswd ? files.read(rootfs, "etc/passwd", MAX_FILE_BYTES) : Optional.empty(),
            needsGroup ? files.read(rootfs, "etc/group", MAX_FILE_BYTES) : Optional.empty());

    Optional<AccountFiles.Account> account = account(names.user(), accounts);
    long uid = account.map(AccountFiles.Account::uid).orElseGet(() -> Long.parseLong(names.user()));
    long gid =
        names
            .group()
            .map(group -> gid(group, accounts))
            .orElseGet(() -> account.map(AccountFiles.Account::gid).orElse(0L));

    Set<Long> gids = new LinkedHashSet<>();
    gids.add(gid);
    if (merge) {
      account.ifPresent(known -> gids.addAll(accounts.memberships(known.name())));
    }
    gids.addAll(request.supplementalGroups());
    if (gids.size() > MAX_GROUPS) {
      throw invalid(gids.size() + " supplementary groups, the kernel takes " + MAX_GROUPS);
    }
    return new ProcessUser(uid, gid, Optional.empty(), gids.stream().toList());
  }

  private static void checkRanges(UserRequest request) {
    request.uid().ifPresent(uid -> UnixIds.check("run_as_user", uid));
    request.gid().ifPresent(gid -> UnixIds.check("run_as_group", gid));
    request.supplementalGroups().forEach(gid -> UnixIds.check("supplemental group", gid));
    if (request.uid().isPresent() && request.username().isPresent()) {
      throw invalid("run_as_user and run_as_username are both set");
    }
    if (request.gid().isPresent() && request.uid().isEmpty() && request.username().isEmpty()) {
      throw invalid("run_as_group " + request.gid().get() + " is set without a user");
    }
  }

  private static Names names(UserRequest request) {
    Optional<String> asked = request.uid().map(String::valueOf).or(request::username);
    if (asked.isPresent()) {
      return new Names(asked.get(), request.gid().map(String::valueOf));
    }
    String image = request.imageUser();
    int colon = image.indexOf(':');
    String user = colon < 0 ? image : image.substring(0, colon);
    String group = colon < 0 ? "" : image.substring(colon + 1);
    return new Names(
        user.isEmpty() ? "0" : user, group.isEmpty() ? Optional.empty() : Optional.of(group));
  }

  /** Empty only for an id that the image's passwd does not know, which is fine. */
  private static Optional<AccountFiles.Account> account(String user, AccountFiles accounts) {
    if (UnixIds.isNumeric(user)) {
      long uid = UnixIds.parse(user).orElseThrow(() -> UnixIds.outOfRange("user", user));
      return accounts.accountByUid(uid);
    }
    return Optional.of(
        accounts
            .accountByName(asInFile(user))
            .orElseThrow(() -> invalid("no user \"" + user + "\" in the image's /etc/passwd")));
  }

  private static long gid(String group, AccountFiles accounts) {
    if (UnixIds.isNumeric(group)) {
      return UnixIds.parse(group).orElseThrow(() -> UnixIds.outOfRange("group", group));
    }
    return accounts
        .groupByName(asInFile(group))
        .map(AccountFiles.Group::gid)
        .orElseThrow(() -> invalid("no group \"" + group + "\" in the image's /etc/group"));
  }

  /** The files are compared byte by byte. */
  private static String asInFile(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static OciException invalid(String message) {
    return new OciException(Kind.INVALID, message);
  }
}
