using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TPacket.Transports.Tls;

namespace TPacket.Transports;

/// <summary>
/// A server's certificate from files, which are read again when they have changed: a renewed certificate serves the next handshake, and connections that stand keep theirs. Thread-safe.
/// </summary>
/// <remarks>
/// The files are looked at when a handshake asks, at most once in <see cref="CheckPeriod"/>; what counts is their content, so links that are turned to other files are found, too. New
/// files that cannot be used, as while they are being replaced one after the other, leave the certificate as it was.
/// </remarks>
public sealed class CertificateSource : IDisposable
{
    private readonly CertificateFiles _files;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _checking = new();
    private SslStreamCertificateContext? _current;
    private byte[] _hash;
    private long _checked;

    private CertificateSource(CertificateFiles files, TimeProvider? timeProvider)
    {
        _files = files;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _hash = files.Read(out var content);
        _current = files.Load(content);
        _checked = _timeProvider.GetTimestamp();
    }

    /// <summary>How often the files are looked at, at most.</summary>
    public static TimeSpan CheckPeriod { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Called with the new certificate when the files have changed. Must not throw.</summary>
    public Action<X509Certificate2>? Reloaded { get; set; }

    /// <summary>Called when the files have changed and cannot be used: once, until they change again. Must not throw.</summary>
    public Action<Exception>? ReloadFailed { get; set; }

    /// <summary>The certificate with its chain and key, as the files have it now or as it was last usable.</summary>
    /// <exception cref="ObjectDisposedException">The source was disposed of.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            // Whoever finds somebody looking takes what is there.
            if (_timeProvider.GetElapsedTime(Volatile.Read(ref _checked)) >= CheckPeriod && _checking.TryEnter())
            {
                try
                {
                    Check();
                }
                finally
                {
                    _checking.Exit();
                }
            }

            var current = Volatile.Read(ref _current);
            ObjectDisposedException.ThrowIf(current is null, this);
            return current;
        }
    }

    /// <summary>From PEM files (RFC 7468).</summary>
    /// <param name="certificatePath">The server's certificate, then those of its issuers but the root.</param>
    /// <param name="keyPath">The private key; may be the same file.</param>
    /// <param name="password">The key's, where it is encrypted.</param>
    /// <param name="timeProvider">The clock for <see cref="CheckPeriod"/>; the system's where null.</param>
    /// <exception cref="IOException">A file cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read; the message names it.</exception>
    /// <exception cref="CryptographicException">The files cannot be used; the message names them.</exception>
    public static CertificateSource FromPem(string certificatePath, string keyPath, string? password = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        ArgumentException.ThrowIfNullOrEmpty(keyPath);
        return new CertificateSource(new CertificateFiles(certificatePath, keyPath, password), timeProvider);
    }

    /// <summary>From a PKCS #12 file (.pfx, .p12) with the certificate, its key and its issuers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The file's, where it has one.</param>
    /// <param name="timeProvider">The clock for <see cref="CheckPeriod"/>; the system's where null.</param>
    /// <exception cref="IOException">The file cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; the message names it.</exception>
    /// <exception cref="CryptographicException">The file cannot be used; the message names it.</exception>
    public static CertificateSource FromPfx(string path, string? password = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CertificateSource(new CertificateFiles(path, keyPath: null, password), timeProvider);
    }

    /// <summary>Releases the certificate. Connections that stand are not touched; handshakes fail.</summary>
    public void Dispose()
    {
        lock (_checking)
        {
            if (Interlocked.Exchange(ref _current, null) is not { } current)
                return;
            foreach (var issuer in current.IntermediateCertificates)
                issuer.Dispose();
            current.TargetCertificate.Dispose();
        }
    }

    private void Check()
    {
        if (_current is null)
            return;
        Volatile.Write(ref _checked, _timeProvider.GetTimestamp());
        try
        {
            var hash = _files.Read(out var content);
            if (hash.AsSpan().SequenceEqual(_hash))
                return;
            _hash = hash;
            // The one before is left to the finalizer: handshakes may be using it.
            Volatile.Write(ref _current, _files.Load(content));
            Reloaded?.Invoke(_current.TargetCertificate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Away, or not readable: told once as well.
            if (_hash.Length == 0)
                return;
            _hash = [];
            ReloadFailed?.Invoke(e);
        }
        catch (CryptographicException e)
        {
            ReloadFailed?.Invoke(e);
        }
    }
}
