/**
 * What a user writes to have a VM: text in YAML or JSON, and the record it becomes.
 *
 * <p>Read {@link dev.drover.api.spec.VmDeclaration} (what can be said), {@link
 * dev.drover.api.spec.SpecReader} (text to declaration, every fault at once), {@link
 * dev.drover.api.spec.Parsed} and {@link dev.drover.api.spec.Finding} (what is answered), then
 * {@code Declare} (one method for each record, the fields in order). Below it: {@code Documents}
 * makes a tree of {@code Located} from the text, {@code Fields} reads a mapping of it, {@code
 * Scalars} the values. {@link dev.drover.api.spec.SpecWriter} is the way back. Nothing here does
 * I/O or keeps state; any thread.
 *
 * <p>The reference for users is {@code docs/vm-specification.md}.
 */
@NullMarked
package dev.drover.api.spec;

import org.jspecify.annotations.NullMarked;
