using System.Net;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>
/// A TCP connection of a loop. Only the loop's thread reads and releases the descriptor; any other thread may write, under this object's lock, which keeps the descriptor from being
/// released meanwhile and used for another connection.
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
    private bool _told;
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
            // The first report may come before the token is stored; the loop waits for this lock where it needs the token.
            if (!_closing && loop.Watch(this, _descriptor, _watched) is { } token)
            {
                _token = token;
                return;
            }

            // A loop that ends closes what it has.
            if (!_closing && !loop.IsStopping)
                _error = new IOException("The system watches no more descriptors.");
            _closing = true;
        }

        loop.Post(EndUnwatched);
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => TrySend(bytes, []);

    public override int TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        // Nobody but the loop releases the descriptor.
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
            // Also of one that is closing and not released yet.
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
            // A fault of a handler costs its own connection, not the loop.
            End(e);
        }
    }

    public void OnLoopStopped() => Close();

    public void TellEnd()
    {
        lock (this)
        {
            // One that was refused when accepted has nobody to tell, unless it is started after all.
            if (_handler is null || _told)
                return;
            _told = true;
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
            // The system tells an error once: the loop may read no more than an end of input now. It is none that a connection takes no more because this side has said so,
            // and what follows the first one only says that there was one.
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
            // Not watched for input, yet reported: both directions have ended, in order or not.
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

    /// <summary>After an orderly end of both directions, keeps the loop from being told of it for ever; what is left is to be read after the pause, and the handler's Close.</summary>
    /// <returns>False when the end was none in order.</returns>
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

    /// <summary>Tells the loop what is of interest now, if that has changed. Under the lock.</summary>
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

    /// <summary>One that was closed before it was started may have been released with no handler to tell.</summary>
    private void EndUnwatched()
    {
        Release();
        loop.EndAfterRound(this);
    }

    /// <summary>Releases the descriptor, on the loop's thread, or on whichever runs what is left to an ended one.</summary>
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
