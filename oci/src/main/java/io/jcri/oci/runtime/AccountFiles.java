package io.jcri.oci.runtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lines of /etc/passwd and /etc/group that are well-formed. Others are skipped, as the C
 * library does: an id that is out of range must not become another one.
 */
final class AccountFiles {

  /** name:password:uid:gid:comment:home:shell */
  record Account(String name, long uid, long gid) {}

  /** name:password:gid:member,member */
  record Group(String name, long gid, List<String> members) {
    Group {
      members = List.copyOf(members);
    }
  }

  private final List<Account> accounts = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();

  AccountFiles(Optional<byte[]> passwd, Optional<byte[]> group) {
    passwd.ifPresent(this::readAccounts);
    group.ifPresent(this::readGroups);
  }

  Optional<Account> accountByName(String name) {
    return accounts.stream().filter(account -> account.name().equals(name)).findFirst();
  }

  Optional<Account> accountByUid(long uid) {
    return accounts.stream().filter(account -> account.uid() == uid).findFirst();
  }

  Optional<Group> groupByName(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  /** The gids of the groups that list this user, each once, in the order of the file. */
  Set<Long> memberships(String user) {
    Set<Long> gids = new LinkedHashSet<>();
    for (Group group : groups) {
      if (group.members().contains(user)) {
        gids.add(group.gid());
      }
    }
    return gids;
  }

  private void readAccounts(byte[] content) {
    for (List<String> fields : rows(content)) {
      if (fields.size() < 4 || fields.getFirst().isEmpty()) {
        continue;
      }
      Optional<Long> uid = UnixIds.parse(fields.get(2));
      Optional<Long> gid = UnixIds.parse(fields.get(3));
      if (uid.isPresent() && gid.isPresent()) {
        accounts.add(new Account(fields.getFirst(), uid.get(), gid.get()));
      }
    }
  }

  private void readGroups(byte[] content) {
    for (List<String> fields : rows(content)) {
      if (fields.size() < 3 || fields.getFirst().isEmpty()) {
        continue;
      }
      Optional<Long> gid = UnixIds.parse(fields.get(2));
      List<String> members = fields.size() < 4 ? List.of() : split(fields.get(3), ',');
      gid.ifPresent(id -> groups.add(new Group(fields.getFirst(), id, members)));
    }
  }

  private static List<List<String>> rows(byte[] content) {
    // Latin-1 keeps bytes apart that malformed UTF-8 would fold into one replacement character.
    return new String(content, StandardCharsets.ISO_8859_1)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> split(line, ':'))
        .toList();
  }

  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + 1;
    }
    parts.add(text.substring(from));
    return parts;
  }
}
