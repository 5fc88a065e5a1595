/**
 * The status page of {@code jcri web}: {@link io.jcri.daemon.web.WebServer} serves one static page,
 * which asks it again and again for what {@link io.jcri.daemon.web.NodeLook} has asked the daemon.
 * It runs in the command's process, not the daemon's. {@link io.jcri.daemon.web.Gate} keeps
 * strangers out.
 */
@NullMarked
package io.jcri.daemon.web;

import org.jspecify.annotations.NullMarked;
