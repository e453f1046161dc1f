using System.Net;
using TPacket.Transports.Loops;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>
/// A connection of an event loop. Only the loop's thread reads from the descriptor and closes it. Other threads may write under the lock of this object, so that the descriptor is not closed
/// meanwhile and reused for another connection.
/// </summary>
internal sealed class EpollConnection(EpollLoop loop, int descriptor, PeerAddress remote) : TransportConnection, IEpollSource
{
    private const int Released = -1;

    private int _descriptor = descriptor;
    private TransportHandler? _handler;
    private ulong _token;
    private EpollInterest _watched;
    private bool _paused;
    private bool _muted;
    private bool _shutDown;
    private int _sendError;
    private bool _endOfInput;
    private bool _awaitsWritable;
    private bool _closing;
    private bool _aborted;
    private bool _notified;
    private Exception? _error;

    public override EndPoint? LocalEndPoint
    {
        get
        {
            lock (this)
                return _descriptor == Released ? null : NativeSocket.LocalEndPoint(_descriptor);
        }
    }

    public override EndPoint? RemoteEndPoint => remote.ToEndPoint();

    public override bool HasUnreadInput
    {
        get
        {
            lock (this)
                return _descriptor != Released && !_paused && !_endOfInput && NativeSocket.HasInput(_descriptor);
        }
    }

    public override void Start(TransportHandler handler)
    {
        lock (this)
        {
            _handler = handler;
            _watched = EpollInterest.Readable;
            // The first report may arrive before the token is stored. The loop takes this lock before it uses the token.
            if (!_closing && loop.Watch(this, _descriptor, _watched) is { } token)
            {
                _token = token;
                return;
            }

            // An ending loop closes its connections without an error.
            if (!_closing && !loop.IsStopping)
                _error = new IOException("The system refuses to watch another descriptor.");
            _closing = true;
        }

        loop.Post(EndUnwatched);
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => TrySend(bytes, []);

    public override int TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        // Only the loop's thread closes the descriptor, so that thread needs no lock to use it.
        if (loop.IsCurrent)
            return Send(head, body);
        lock (this)
            return Send(head, body);
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        lock (this)
        {
            _awaitsWritable = true;
            WatchAsNeeded();
        }

        return 0;
    }

    internal override bool TryHandOver(IFlushable flushable) => loop.TryTake(flushable);

    public override void PauseReceiving()
    {
        lock (this)
        {
            _paused = true;
            WatchAsNeeded();
        }
    }

    public override void ResumeReceiving()
    {
        lock (this)
        {
            _paused = false;
            WatchAsNeeded();
        }
    }

    public override void ShutdownSend()
    {
        lock (this)
        {
            _shutDown = true;
            if (_descriptor != Released)
                NativeSocket.ShutdownSend(_descriptor);
        }
    }

    public override void Close() => Close(abort: false);

    public override void Abort() => Close(abort: true);

    private void Close(bool abort)
    {
        lock (this)
        {
            // Also for a connection that is closing and whose descriptor is still open.
            _aborted |= abort;
            if (_closing)
                return;
            _closing = true;
            if (!loop.IsCurrent)
            {
                loop.Post(Release);
                return;
            }
        }

        Release();
    }

    public void OnReport(EpollInterest report)
    {
        try
        {
            if ((report & EpollInterest.Writable) != 0)
                Write();
            if ((report & ~EpollInterest.Writable) != 0)
                Read(report);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception of a handler closes its own connection and does not end the loop.
            End(e);
        }
    }

    public void OnLoopStopped() => Close();

    public void NotifyClosed()
    {
        lock (this)
        {
            // A connection that was closed before its start has no handler to notify, unless it is started later.
            if (_handler is null || _notified)
                return;
            _notified = true;
        }

        _handler.OnClosed(_error);
    }

    private int Send(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (_descriptor == Released)
            return -1;
        var sent = body.IsEmpty ? NativeSocket.Send(_descriptor, head) : NativeSocket.Send(_descriptor, head, body);
        if (sent >= 0 || sent == -Errno.TryAgain)
            return Math.Max(sent, 0);
        lock (this)
        {
            // The system reports an error only once, so the loop may now read an end of input instead. Only the first error has a meaning. EPIPE after this side's shutdown is not an error.
            if (_sendError == 0 && !(sent == -Errno.BrokenPipe && _shutDown))
                _sendError = -sent;
        }

        return -1;
    }

    private void Read(EpollInterest report)
    {
        if (_descriptor == Released)
            return;
        if (_paused || _endOfInput)
        {
            // Epoll reports although it does not watch for input: both directions have ended, by an orderly end or an error.
            if ((report & (EpollInterest.HungUp | EpollInterest.Error)) != 0 && !TryMute(report))
                End(Errno.ToException(_sendError));
            return;
        }

        var received = NativeSocket.Receive(_descriptor, loop.ReceiveBuffer);
        if (received > 0)
        {
            _handler!.OnReceived(loop.ReceiveBuffer.AsSpan(0, received));
        }
        else if (received == 0)
        {
            lock (this)
            {
                _endOfInput = _sendError == 0;
                WatchAsNeeded();
            }

            if (_endOfInput)
                _handler!.OnEndOfInput();
            else
                End(Errno.ToException(_sendError));
        }
        else if (received != -Errno.TryAgain)
        {
            End(Errno.ToException(-received));
        }
    }

    /// <summary>
    /// Stops epoll from reporting an orderly end of both directions again and again. Unread input is read after the pause, or the handler closes
    /// the connection.
    /// </summary>
    /// <returns>False if the end is an error.</returns>
    private bool TryMute(EpollInterest report)
    {
        lock (this)
        {
            if (_sendError == 0 && (report & EpollInterest.Error) != 0)
            {
                var pending = NativeSocket.Send(_descriptor, []);
                _sendError = pending < 0 ? -pending : Errno.ConnectionReset;
            }

            if (_sendError != 0)
                return false;
            loop.Mute(_descriptor);
            _muted = true;
            WatchAsNeeded();
            return true;
        }
    }

    private void Write()
    {
        lock (this)
            _awaitsWritable = false;
        _handler!.OnWritable();
        lock (this)
            WatchAsNeeded();
    }

    /// <summary>Updates the loop's interest in the descriptor if it has changed. Called under the lock.</summary>
    private void WatchAsNeeded()
    {
        if (_descriptor == Released)
            return;
        var needed = (_paused || _endOfInput ? EpollInterest.None : EpollInterest.Readable)
            | (_awaitsWritable ? EpollInterest.Writable : EpollInterest.None);
        if (_muted && needed != EpollInterest.None)
        {
            _muted = false;
            loop.Unmute(_descriptor, needed, _token);
        }
        else if (!_muted && needed != _watched)
        {
            loop.Rewatch(_descriptor, needed, _token);
        }

        _watched = needed;
    }

    private void End(Exception? error)
    {
        lock (this)
        {
            if (_closing)
                return;
            _closing = true;
            _error = error;
        }

        Release();
    }

    /// <summary>Ends a connection that was closed before its start: its descriptor may have been closed when there was no handler to notify.</summary>
    private void EndUnwatched()
    {
        Release();
        loop.EndAfterRound(this);
    }

    /// <summary>Closes the descriptor. Runs on the loop's thread, or on the thread that runs the remaining work of an ended loop.</summary>
    private void Release()
    {
        lock (this)
        {
            if (_descriptor == Released)
                return;
            if (_aborted)
                NativeSocket.Reset(_descriptor);
            else
                NativeSocket.Close(_descriptor, loop.Linger);
            _descriptor = Released;
            loop.Forget(_token);
        }

        loop.EndAfterRound(this);
    }
}
