"""The arguments of known calls that are credentials, regardless of variable names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.frames import Label
from python_expert.privacy.names import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

ARGUMENTS: Final[dict[str, frozenset[int]]] = {
    name: frozenset(positions)
    for positions, names in {
        (0,): "secretstr secretbytes fernet multifernet hashpw urlsafetimedserializer "
        "urlsafeserializer timestampsigner timedserializer timestampserializer from_mnemonic "
        "hmac.new hmac.digest aes.new des3.new arc4.new blowfish.new chacha20.new salsa20.new "
        "chacha20poly1305 aesgcm aesccm algorithms.aes hmac hmac.hmac totp hotp setpassword "
        "from_private_key from_key privatekeyaccount bearerauth tokenauth apikeyauth communitydata "
        "bestavailableencryption pdfreader.decrypt reader.decrypt pdf.decrypt writer.encrypt "
        "pdf.encrypt auth.simple setpwd redis.auth r.auth enterpassword typepassword "
        "pbkdf2_sha256.hash pbkdf2_sha512.hash sha256_crypt.hash sha512_crypt.hash ph.hash "
        "bcrypt_sha256.hash hasher.hash passwordhasher.hash key.unlock vault.unlock "
        "wallet.unlock keyring.unlock keychain.unlock enter_password type_password "
        "httpbearerauth make_password generate_password_hash pwd_context.hash bcrypt.hash "
        "argon2.hash authtoken bearertoken secretbox scrypt pbkdf2 crypt.crypt checkpw "
        "bcrypt.checkpw signer pass_ login_required require_token unlock_wallet walletpassphrase "
        "unlock_trade algorithms.chacha20 algorithms.arc4 algorithms.blowfish algorithms.tripledes "
        "des.new cast.new arc2.new rc4 scrypt.hash hash_password hash_password_raw hash_secret "
        "hash_secret_raw kdf.derive pgpkey.unlock simplecrypt.decrypt simplecrypt.encrypt "
        "device.enable connection.enable conn.enable net_connect.enable itertools.cycle",
        (1,): "login httpbasicauth httpdigestauth httpproxyauth basicauth digestauth ntlmauth "
        "httpntlmauth httpkerberosauth plaintextauthprovider passwordauthenticator "
        "usernamepasswordcredential usernamepasswordcredentials userpassworddatabase "
        "auth.basic basic_auth plaincredentials pbkdf2_hmac jwt.encode jwt.decode jws.sign "
        "jws.verify check_password_hash authenticate "
        "passwordauthentication jwt_encode jwt_decode simple_bind_s simple_bind "
        "networkcredential basic_auth_header set_basic_auth credentials clientcredential "
        "wlan.connect wifi.connect sta_if.connect station.connect nic.connect radio.connect "
        "require_auth requires_auth basic_auth_required with_credentials "
        "azurekeycredential login_user sign_in log_in creds load_pem_private_key "
        "load_der_private_key load_ssh_private_key usernametoken usernamepassword userpass "
        "yagmail.smtp clientxmpp pykeepass oracledb.connect cx_oracle.connect "
        "smbconnection rsa.import_key rsa.importkey ecc.import_key unlock_account unlockaccount "
        "sta.connect ap.connect mq.connect stomp.connect salesforce z.read zf.read zip.read "
        "zipfile.read archive.read github github.github ph.verify "
        "wifi.begin myplexaccount client.authenticate db.authenticate admin.authenticate "
        "account.decrypt loginuser basicauthcredentials passwordcredential pscredential "
        "usernamepasswordauthentication credential.basic signin "
        "twilio.client load_privatekey simpleauth ntlm_auth smb_login dom_login load_pkcs12 "
        "load_key_and_certificates load_pkcs12_certificates create_keyfile_json "
        "decode_keyfile_json rncryptor.encrypt rncryptor.decrypt cryptocode.encrypt "
        "cryptocode.decrypt mcrcon rcon rcon.connect puresnmp.get puresnmp.walk puresnmp.set "
        "puresnmp.multiget",
        (0, 1): "check_password verify_password",
        (1, 2): "usmuserdata",
        (3,): "ssh.connect ssh_client.connect sshclient.connect nntplib.nntp nntp influxdbclient "
        "smartconnect",
        (2,): "pyaescrypt.encryptfile pyaescrypt.decryptfile pyaescrypt.encryptstream "
        "decrypt_file outletdevice bulbdevice coverdevice tinytuya.device url.create ftp ftp_tls "
        "extractall zipfile.extract create_user create_superuser "
        "pymysql.connect mysqldb.connect pymssql.connect mysqli_connect mysql_connect "
        "clientsecretcredential minio jenkins jenkins.jenkins add_password load_cert_chain "
        "execute_kw object.execute common.authenticate load_privatekey connect_s3 ftputil.ftphost "
        "zabbixapi imap_open odbc_connect ldap.connection ldap3.connection login_as",
    }.items()
    for name in names.split()
}
"""Positions of credentials among the arguments, by the end of the callee's name, in lower case."""

ALWAYS_COMPARE: Final = frozenset("compare_digest constant_time_compare safe_str_cmp".split())
"""Calls that only compare credentials."""

POSSIBLY: Final[dict[str, frozenset[int]]] = {
    "connect": frozenset((1, 2, 3)),
    "connection": frozenset((1, 2, 3)),
    "redis": frozenset((3,)),
    "scrypt": frozenset((0,)),
    **dict.fromkeys("sha1 sha256 sha512 md5 sha224 sha384 blake2b".split(), frozenset((0,))),
    "sign": frozenset((0, 1)),
    "derive": frozenset((0,)),
    "decrypt": frozenset((0, 1)),
    "encrypt": frozenset((0, 1)),
    "protect": frozenset((0,)),
    "unprotect": frozenset((0,)),
    "verify": frozenset((0, 1)),
    "github": frozenset((0,)),
    "gitlab": frozenset((1,)),
    "oauthhandler": frozenset((0, 1, 2)),
    "oauth1": frozenset((0, 1, 2, 3)),
    "bot.run": frozenset((0,)),
    "client.run": frozenset((0,)),
    "client": frozenset((0, 1)),
    "auth": frozenset((0, 1)),
    "unlock": frozenset((0, 1)),
    "open": frozenset((2,)),
    "add_password": frozenset((0, 1, 2, 3)),
}
"""Positions of arguments that are credentials only if they look like passwords."""

WRAPPERS: Final = frozenset(
    (
        "secretstr secretbytes secret str bytes bytearray b64decode join unhexlify fromhex quote "
        "quote_plus field option argument depends property reversed decode encode list tuple "
        "set sorted lazyfunction urlsafe_b64decode a85decode b85decode b32decode b16decode "
        "a2b_hex a2b_base64 unquote base64_decode dedent literal final bytes_ b64encode param "
        "default format cast "
        "standard_b64decode urlsafe_b64decode password query header body form cookie"
    ).split()
)
"""Calls whose result is named like their first argument."""

GETTERS: Final = frozenset(
    (
        "get getenv getenvb pop getattr config env getpass input setdefault get_secret "
        "get_secret_value prompt get_value lookup fetch getoption getfixturevalue load read find "
        "get_password get_credential conf setting get_setting decouple str_env environ"
    ).split()
)
"""Calls that receive a name, and a default for a missing name."""

SETTERS: Final = frozenset(
    (
        "set setenv putenv setattr setdefault setitem add_header header putheader set_header "
        "append_header send_header setrequestheader store send_keys fill type set_value sendline "
        "put set_option setoption set_config add set_secret create_secret __setitem__ __setattr__ "
        "set_cookie write press_sequentially patch object context override_settings "
        "set_password set_key setx setproperty insert update option options with_option property_ "
        "execute_command set_property set_parameter add_parameter set_conf hset kv_put "
        "write_secret "
        "add_secret set_secret_value setenvironmentvariable with_env with_env_var set_main_option "
        "add_field set_param add_param with_property set_field set_attribute setattribute "
        "postgenerationmethodcall update_secret input_text fill_text type_text enter_text "
        "set_credential add_data set_env env_var with_config"
    ).split()
)
"""Calls that receive a name and then its value."""

COMPARERS: Final = frozenset(
    (
        "compare_digest constant_time_compare safe_str_cmp eq assertequal assert_equal "
        "assertequals assertnotequal assertis assertin assertnotin assertnotequals "
        "assertcountequal assertlistequal __eq__ __ne__ equals "
        "is_equal_to equal_to"
    ).split()
)
"""Calls that compare two arguments."""

TABLES: Final = frozenset("parametrize zip namedtuple".split())
"""Calls that receive names and then rows of their values."""

COLLECTORS: Final = frozenset(("append appendleft add insert extend put").split())
"""Methods that put a value into their collection."""

ASKED_FOR: Final = ("sendline", "communicate", "stdin.write", "stdin.writelines")
"""Ends of the names of calls that send an answer to a program."""

ANSWERS: Final = frozenset(
    ("sendline send write send_keys sendall fill type communicate interact").split()
)
"""Calls that answer the prompt before them."""

GIVING: Final = frozenset(
    (
        "set check verify use with hash encode is validate compare authenticate change reset "
        "update require register add store encrypt save put make match matches has write send "
        "enter type fill submit provide apply from auth unlock login"
    ).split()
)
"""Prefixes of functions that receive a credential, unlike functions that look one up."""

VALUE_KEYS: Final = frozenset(
    (
        "value default default_value initial data content string_value default_factory factory "
        "const example examples stringvalue secretstring secret_string val new text contents "
        "defaultvalue initial_value return_value side_effect fallback missing answer response reply"
    ).split()
)
"""Keys of records whose other fields name the value."""

PAIRS: Final = frozenset(
    (
        "auth basic_auth http_auth httpauth proxy_auth credentials creds credential cred login "
        "userpass user_pass basicauth authentication logins accounts account users"
    ).split()
)
"""Names of pairs of a user name and a password."""


_PAIR_ENDS: Final = frozenset(
    "auth basicauth authentication credentials credential creds cred login logon userpass".split()
)
"""Ends of the names of calls that receive a user name and a password."""

_CAMEL = re.compile(r"_+|(?<=[a-z])(?=[A-Z])")
ASSERTED = re.compile(
    r"\.assert_(?:called_with|called_once_with|any_call|awaited_with|awaited_once_with)\Z"
)


def argument(callee: str, position: int) -> Strength:
    """Return how strongly the callee's name shows that an argument is a credential."""
    name = ASSERTED.sub("", callee.casefold().lstrip("."))
    short = name.rpartition(".")[2]
    for known in (".".join(name.split(".")[-2:]), short):
        if position in ARGUMENTS.get(known, ()):
            return Strength.STRONG
        if position in POSSIBLY.get(known, ()):
            return Strength.WEAK
    return Strength.NONE


def takes_key(callee: str) -> bool:
    """Return whether a call always receives a credential as one of its arguments."""
    parts = callee.casefold().lstrip(".").split(".")
    return ".".join(parts[-2:]) in ARGUMENTS or parts[-1] in ARGUMENTS


def given_to(callee: str, position: int, *, is_last: bool) -> Iterator[Label]:
    """Yield an argument's names by a call's name: ``set_password``, ``username_pw_set``.

    Args:
        callee: The last part of the call's name.
        position: The argument's position.
        is_last: Whether no other argument follows this argument.
    """
    words = [each for each in _CAMEL.split(callee) if each]
    gives = callee[:1].isupper()
    while len(words) > 1 and (words[0].casefold() in GIVING or words[-1].casefold() in GIVING):
        words = words[1:] if words[0].casefold() in GIVING else words[:-1]
        gives = True
    limit = Strength.STRONG if gives and is_last else Strength.WEAK
    yield Label("_".join(words), limit)
    if position == 1 and words and words[-1].casefold() in _PAIR_ENDS:
        yield Label("password", limit)
