/**
 * What strangers may grow. {@link io.jcri.daemon.budget.Bound} is the list of all bounds: who can
 * make what grow, how far, and what happens then; ARCHITECTURE.md has it as a table. {@link
 * io.jcri.daemon.budget.SharedBudget} is a bound that calls in progress share.
 *
 * <p>May import what the bounds are taken from: the modules below. Imported by every package that
 * takes something in.
 */
@NullMarked
package io.jcri.daemon.budget;

import org.jspecify.annotations.NullMarked;
