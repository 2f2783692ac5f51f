;; eglot: a diagnostic, a hover, a quick fix.
(load (expand-file-name "support.el" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(load (getenv "INIT") nil t)
(setq eglot-sync-connect 30 eglot-autoreconnect nil)

(find-file (getenv "FILE"))
(apply #'eglot (eglot--guess-contact))
(shown "eglot in the buffer" #'eglot-managed-p)

(defun has-goescape ()
  "Whether what the server offers is also what goescape offers."
  (cl-find "goescape.showFlow"
           (plist-get (eglot--server-capable :executeCommandProvider) :commands)
           :test #'equal))
;; rass forgets a server that answers more than three seconds after the other
(unless (has-goescape)
  (tell "slow" t)
  (done))
(flymake-mode 1)
(flymake-start)

(defun of-goescape ()
  "The diagnostic about the heap."
  (cl-find-if (lambda (each) (string-match "heap" (flymake-diagnostic-text each)))
              (flymake-diagnostics)))

(let* ((found (shown "a diagnostic" #'of-goescape))
       (from (flymake-diagnostic-beg found))
       (to (flymake-diagnostic-end found)))
  (tell "diagnostic" (flymake-diagnostic-text found))
  (tell "range" (buffer-substring-no-properties from to))
  (goto-char from)
  (let* ((position (eglot--TextDocumentPositionParams))
         (hover (jsonrpc-request (eglot-current-server) :textDocument/hover position)))
    (tell "hover" (format "%s" (plist-get (plist-get hover :contents) :value))))
  (let* ((fix (shown "a fix" (lambda ()
                               (cl-find-if (lambda (each) (eq t (plist-get each :isPreferred)))
                                           (eglot-code-actions from to "quickfix"))))))
    (tell "fix" (plist-get fix :title))
    (eglot--apply-workspace-edit (plist-get fix :edit)))
  (tell "after" (buffer-string))
  (save-buffer)
  (shown "no diagnostic" (lambda () (accept-process-output nil 0.05) (not (of-goescape)))))
(done)
