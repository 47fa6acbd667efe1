/** What a user asks of a cluster, by its REST interface alone; one class per command. */
@NullMarked
package dev.drover.cli.user;

import org.jspecify.annotations.NullMarked;
