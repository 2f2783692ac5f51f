;; lsp-mode: a diagnostic, a quick fix.
(load (expand-file-name "support.el" (file-name-directory load-file-name)) nil t)
(require 'lsp-mode)
(require 'lsp-diagnostics)
(load (getenv "INIT") nil t)
(setq lsp-auto-guess-root t
      lsp-warn-no-matched-clients nil
      lsp-enable-suggest-server-download nil
      lsp-session-file (expand-file-name "session" (getenv "HOME"))
      lsp-auto-execute-action nil)

(find-file (getenv "FILE"))
(lsp)
(shown "a server" (lambda () (lsp-workspaces)))

(defun of-goescape ()
  "The diagnostic about the heap."
  (cl-find-if (lambda (each) (equal (lsp:diagnostic-source? each) "goescape"))
              (gethash (lsp--fix-path-casing buffer-file-name) (lsp-diagnostics t))))

(let* ((found (shown "a diagnostic" #'of-goescape))
       (start (lsp:range-start (lsp:diagnostic-range found))))
  (tell "diagnostic" (lsp:diagnostic-message found))
  (goto-char (lsp--position-to-point start))
  (let ((fix (shown "a fix" (lambda ()
                              (cl-find-if (lambda (each) (lsp:code-action-is-preferred? each))
                                          (lsp-code-actions-at-point))))))
    (tell "fix" (lsp:code-action-title fix))
    (lsp-execute-code-action fix))
  (shown "the edit" (lambda () (buffer-modified-p)))
  (tell "after" (buffer-string))
  (save-buffer)
  (shown "no diagnostic" (lambda () (not (of-goescape)))))
(done)
