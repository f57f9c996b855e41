;;; python-expert.el --- Python Expert by eglot  -*- lexical-binding: t; -*-

;; Version: 0.1
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages, tools

;;; Commentary:

;; Tells eglot how to start the language server Python Expert, shows what a rewrite changes as a diff
;; before it is made, and has commands for the report, the payload and cancel.

;;; Code:

(require 'eglot)
(require 'cl-lib)

(defvar eglot-confirm-server-initiated-edits)
(defvar eglot-confirm-server-edits)

(defclass python-expert-server (eglot-lsp-server) ()
  :documentation "A server of Python Expert.")

(add-to-list 'eglot-server-programs
             '((python-mode python-ts-mode)
               . (python-expert-server "python-expert" "server")))

;; The diff

(cl-defmethod eglot-client-capabilities :around ((_server python-expert-server))
  "Declare that edits that need consent are shown first."
  (let* ((all (copy-tree (cl-call-next-method)))
         (workspace (plist-get all :workspace))
         (edit (plist-get workspace :workspaceEdit))
         (shown (plist-put edit :changeAnnotationSupport '(:groupsOnLabel :json-false))))
    (plist-put all :workspace (plist-put workspace :workspaceEdit shown))))

(cl-defmethod eglot-handle-request
  ((_server python-expert-server) (_method (eql workspace/applyEdit)) &key _label edit)
  "Apply EDIT, after showing its diff if it needs consent."
  (let ((reasons (cl-loop for (_ annotation) on (plist-get edit :changeAnnotations) by #'cddr
                          when (eq t (plist-get annotation :needsConfirmation))
                          collect (plist-get annotation :description)))
        ;; You have chosen the rewrite, or are asked here.
        (eglot-confirm-server-initiated-edits nil)
        (eglot-confirm-server-edits nil))
    (if (and reasons (not (python-expert--confirmed edit (string-join reasons "\n"))))
        '(:applied :json-false :failureReason "discarded")
      (condition-case failure
          (progn (eglot--apply-workspace-edit (python-expert--plain edit) nil)
                 '(:applied t))
        ;; Such as a text that has changed meanwhile.
        (error `(:applied :json-false :failureReason ,(error-message-string failure)))))))

(defun python-expert--plain (edit)
  "EDIT without the parts that eglot does not handle."
  (list :documentChanges
        (vconcat
         (mapcar (lambda (change)
                   (list :textDocument (plist-get change :textDocument)
                         :edits (vconcat
                                 (mapcar (lambda (each)
                                           (list :range (plist-get each :range)
                                                 :newText (plist-get each :newText)))
                                         (plist-get change :edits)))))
                 (plist-get edit :documentChanges)))))

(defun python-expert--confirmed (edit reasons)
  "Show what EDIT changes, with the REASONS to ask; return the user's consent."
  (let ((buffer (get-buffer-create "*python-expert-diff*")))
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert reasons "\n\n")
        (seq-do (lambda (change) (insert (python-expert--difference change)))
                (plist-get edit :documentChanges))
        (goto-char (point-min))
        (diff-mode)
        (setq buffer-read-only t)))
    (display-buffer buffer)
    (unwind-protect (y-or-n-p "Python Expert: make this change? ")
      (let ((window (get-buffer-window buffer t)))
        (if window (quit-window t window) (kill-buffer buffer))))))

(defun python-expert--difference (change)
  "What CHANGE does to its document, as a unified diff."
  (let* ((path (python-expert--path (plist-get (plist-get change :textDocument) :uri)))
         (source (find-file-noselect path))
         (before (make-temp-file "python-expert"))
         (after (make-temp-file "python-expert")))
    (unwind-protect
        (with-temp-buffer
          (insert-buffer-substring-no-properties source)
          (dolist (name '(eglot-move-to-column-function eglot-move-to-linepos-function))
            (when (boundp name)
              (set (make-local-variable name) (buffer-local-value name source))))
          (let ((coding-system-for-write 'utf-8-unix))
            (write-region nil nil before nil 'quiet)
            (eglot--apply-text-edits (plist-get change :edits))
            (write-region nil nil after nil 'quiet))
          (erase-buffer)
          (let ((name (file-name-nondirectory path)))
            (call-process "diff" nil t nil "-u"
                          "--label" (concat "a/" name) "--label" (concat "b/" name)
                          before after))
          (buffer-string))
      (delete-file before)
      (delete-file after))))

(defun python-expert--path (uri)
  "The file of URI."
  (if (fboundp 'eglot-uri-to-path) (eglot-uri-to-path uri) (eglot--uri-to-path uri)))

;; Commands

(defun python-expert--execute (command &rest arguments)
  "The answer to the server's COMMAND with ARGUMENTS."
  (jsonrpc-request (or (eglot-current-server) (user-error "No language server runs here"))
                   :workspace/executeCommand
                   (list :command (concat "pythonExpert." command)
                         :arguments (vconcat arguments))))

(defun python-expert--show (name text)
  "Show TEXT, which is Markdown, in the buffer NAME."
  (with-current-buffer (get-buffer-create name)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text)
      (goto-char (point-min))
      (if (fboundp 'markdown-mode) (markdown-mode) (text-mode))
      (setq-local truncate-lines nil
                  word-wrap t)
      (view-mode))
    (display-buffer (current-buffer))))

(defun python-expert-report ()
  "Show what the last rewrite did, and what was checked."
  (interactive)
  (let ((text (python-expert--execute "lastReport")))
    (if (string-empty-p text)
        (message "Python Expert: nothing has been rewritten yet")
      (python-expert--show "*python-expert-report*" text))))

(defun python-expert-payload (action)
  "Show what ACTION on the whole buffer would send to a model; nothing is sent."
  (interactive (list (completing-read "Rewrite: " '("add-docstrings" "add-type-hints" "convert-to-async")
                                      nil t)))
  (let ((document (eglot--VersionedTextDocumentIdentifier)))
    (python-expert--show "*python-expert-payload*"
                         (python-expert--execute "showPayload" `(:action ,action ,@document)))))

(defun python-expert-cancel ()
  "Stop running work in the server."
  (interactive)
  (python-expert--execute "cancel"))

(defun python-expert-check-workspace ()
  "Check all files of the project; the findings are shown at the end."
  (interactive)
  (python-expert--execute "checkWorkspace"))

(defun python-expert-run-tests ()
  "Run the tests of this file as it is in the buffer; the result is told at the end."
  (interactive)
  (python-expert--execute "runTests" `(:uri ,(plist-get (eglot--TextDocumentIdentifier) :uri))))

(defun python-expert-test-output ()
  "Show how the tests of this file failed, and what they have written."
  (interactive)
  (let ((text (python-expert--execute
               "testOutput" `(:uri ,(plist-get (eglot--TextDocumentIdentifier) :uri)))))
    (if (string-empty-p text)
        (message "Python Expert: the tests of this file have no output")
      (python-expert--show "*python-expert-test-output*" text))))

(defun python-expert--apply (kind)
  "Apply the code action of KIND to the whole buffer."
  (eglot-code-actions (point-min) (point-max) kind t))

(defun python-expert-add-docstrings ()
  "Add docstrings to the whole buffer."
  (interactive)
  (python-expert--apply "source.addDocstrings.pythonExpert"))

(defun python-expert-add-type-hints ()
  "Add type hints to the whole buffer."
  (interactive)
  (python-expert--apply "source.addTypeHints.pythonExpert"))

(defun python-expert-tidy ()
  "Fix what can be fixed safely, sort the imports and format."
  (interactive)
  (dolist (kind '("source.fixAll.pythonExpert" "source.organizeImports.pythonExpert"))
    ;; Eglot signals an error where there is nothing to do.
    (ignore-errors (python-expert--apply kind)))
  (eglot-format-buffer))

(provide 'python-expert)
;;; python-expert.el ends here
