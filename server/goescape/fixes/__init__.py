"""Rewrites that remove escapes: one small file each, all of the same shape.

A rewrite looks at one file of a package and yields candidates: edits with a promise. Whatever
syntax can tell about safety is checked here; what it cannot decide is no candidate, but a refusal
with its reason. A candidate is offered when ``toolchain.proofs`` has kept its promise.
"""
