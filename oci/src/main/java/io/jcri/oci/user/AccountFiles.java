package io.jcri.oci.user;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The lines of /etc/passwd and /etc/group that are well-formed. Others are skipped, as the C
 * library does: an id that is out of range must not become another one.
 *
 * <p>Lines are taken apart one by one, for each question anew: half a million short ones would take
 * a hundred times the room of the file.
 */
final class AccountFiles {
  /** The fields that are looked at, and the rest of the line as one more. */
  private static final int PARTS = 5;

  /** name:password:uid:gid:comment:home:shell */
  record Account(String name, long uid, long gid) {}

  /** name:password:gid:member,member */
  record Group(String name, long gid, String members) {
    boolean has(String user) {
      for (int from = 0; from <= members.length(); ) {
        int comma = members.indexOf(',', from);
        int end = comma < 0 ? members.length() : comma;
        if (end - from == user.length() && members.startsWith(user, from)) {
          return true;
        }
        from = end + 1;
      }
      return false;
    }
  }

  private final String passwd;
  private final String group;

  AccountFiles(Optional<byte[]> passwd, Optional<byte[]> group) {
    this.passwd = text(passwd);
    this.group = text(group);
  }

  /** Latin-1 keeps bytes apart that malformed UTF-8 would fold into one replacement character. */
  private static String text(Optional<byte[]> content) {
    return content.map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).orElse("");
  }

  Optional<Account> accountByName(String name) {
    return accounts().filter(account -> account.name().equals(name)).findFirst();
  }

  Optional<Account> accountByUid(long uid) {
    return accounts().filter(account -> account.uid() == uid).findFirst();
  }

  Optional<Group> groupByName(String name) {
    return groups().filter(one -> one.name().equals(name)).findFirst();
  }

  /** The gids of the groups that list this user, each once, in the order of the file. */
  Set<Long> memberships(String user) {
    Set<Long> gids = new LinkedHashSet<>();
    groups().filter(one -> one.has(user)).forEach(one -> gids.add(one.gid()));
    return gids;
  }

  private Stream<Account> accounts() {
    return rows(passwd).filter(fields -> fields.size() >= 4).flatMap(AccountFiles::account);
  }

  private static Stream<Account> account(List<String> fields) {
    Optional<Long> uid = UnixIds.parse(fields.get(2));
    Optional<Long> gid = UnixIds.parse(fields.get(3));
    return uid.isPresent() && gid.isPresent()
        ? Stream.of(new Account(fields.getFirst(), uid.get(), gid.get()))
        : Stream.empty();
  }

  private Stream<Group> groups() {
    return rows(group).filter(fields -> fields.size() >= 3).flatMap(AccountFiles::group);
  }

  private static Stream<Group> group(List<String> fields) {
    String members = fields.size() < 4 ? "" : fields.get(3);
    return UnixIds.parse(fields.get(2)).stream()
        .map(gid -> new Group(fields.getFirst(), gid, members));
  }

  private static Stream<List<String>> rows(String content) {
    return content
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(AccountFiles::fields)
        .filter(fields -> !fields.getFirst().isEmpty());
  }

  private static List<String> fields(String line) {
    List<String> parts = new ArrayList<>(PARTS);
    int from = 0;
    for (int at = line.indexOf(':');
        at >= 0 && parts.size() < PARTS - 1;
        at = line.indexOf(':', from)) {
      parts.add(line.substring(from, at));
      from = at + 1;
    }
    parts.add(line.substring(from));
    return parts;
  }
}
