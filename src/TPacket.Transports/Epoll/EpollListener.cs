using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>Accepts connections on every loop: whichever is free takes the next one and serves it.</summary>
internal sealed class EpollListener(Socket socket, EpollLoop[] loops, AcceptGate gate, TransportOptions options, TimeProvider timeProvider) : TransportListener
{
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private Acceptor[] _acceptors = [];
    private bool _disposed;

    public override EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public override void Start(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        ObjectDisposedException.ThrowIf(loops[0].IsStopping, typeof(EpollTransport));
        gate.Enter();
        accepted = OneAtATime(accepted);
        // TCP connections have it from the listening socket.
        var sendBufferBytes = socket.AddressFamily == AddressFamily.Unix ? options.SendBufferBytes : 0;
        _acceptors = [.. loops.Select(loop => new Acceptor(loop, (int)socket.Handle, sendBufferBytes, gate, accepted, failed, timeProvider))];
        foreach (var acceptor in _acceptors)
            acceptor.Watch();
    }

    public override async ValueTask DisposeAsync()
    {
        var wasDisposed = Interlocked.Exchange(ref _disposed, true);
        // The descriptor is released only when no loop can call on it any more.
        await Task.WhenAll(_acceptors.Select(static acceptor => acceptor.StopAsync())).ConfigureAwait(false);
        socket.Dispose();
        if (!wasDisposed && _acceptors.Length > 0)
            gate.Leave([.. _acceptors.Select(static acceptor => acceptor.Turn)]);
    }

    /// <summary>All loops accept, and whoever takes the connections is called by one of them at a time.</summary>
    private static Action<TransportConnection> OneAtATime(Action<TransportConnection> accepted)
    {
        var gate = new Lock();
        return connection =>
        {
            lock (gate)
                accepted(connection);
        };
    }

    /// <summary>One loop's share of the listener.</summary>
    private sealed class Acceptor(
        EpollLoop loop, int listener, int sendBufferBytes, AcceptGate gate, Action<TransportConnection> accepted, Action<Exception> failed, TimeProvider timeProvider) : IEpollSource
    {
        // Leaves some for the other loops, and turns to the connections in between.
        private const int AcceptsPerReport = 64;

        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ITimer? _resume;
        private ulong? _token;
        private bool _hasFailed;
        private bool _stopping;

        public AcceptTurn Turn { get; } = new();

        public void Watch() => loop.Post(WatchOnLoop);

        public Task StopAsync()
        {
            loop.Post(OnLoopStopped);
            return _stopped.Task;
        }

        public void OnReport(EpollInterest report)
        {
            for (var i = 0; i < AcceptsPerReport; i++)
            {
                if (!gate.TryPass(Turn))
                {
                    Wait(error: null);
                    return;
                }

                var descriptor = NativeSocket.Accept(listener, out var remote);
                if (descriptor >= 0)
                {
                    _hasFailed = false;
                    if (sendBufferBytes > 0)
                        NativeSocket.SetSendBuffer(descriptor, sendBufferBytes);
                    Hand(new EpollConnection(loop, descriptor, remote));
                }
                else if (descriptor == -Errno.TryAgain)
                {
                    return;
                }
                else if (Errno.IsShortage(-descriptor))
                {
                    Wait(Errno.ToException(-descriptor));
                    return;
                }
                else if (descriptor is not (-Errno.ConnectionAborted or -Errno.ConnectionReset or -Errno.Interrupted))
                {
                    Pause(Errno.ToException(-descriptor));
                    return;
                }
            }
        }

        public void OnLoopStopped()
        {
            _stopping = true;
            Unwatch();
            _resume?.Dispose();
            _stopped.TrySetResult();
        }

        /// <summary>A fault of whoever takes the connection costs that connection, not the loop.</summary>
        private void Hand(EpollConnection connection)
        {
            try
            {
                accepted(connection);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                connection.Close();
                failed(e);
            }
        }

        private void WatchOnLoop()
        {
            if (_stopping || _token is not null)
                return;
            _token = loop.Watch(this, listener, EpollInterest.Readable | EpollInterest.Exclusive);
            if (_token is not null)
                return;
            // A loop that ends while this one pauses, or before it has begun, does not know of it.
            if (loop.IsStopping)
                OnLoopStopped();
            else
                Wait(new IOException("The system watches no more descriptors."));
        }

        private void Unwatch()
        {
            if (_token is { } token)
                loop.Unwatch(listener, token);
            _token = null;
        }

        /// <summary>Waits for room for another connection. A listener that is watched and does not accept would be reported for ever.</summary>
        private void Wait(Exception? error)
        {
            Unwatch();
            gate.Wait(Turn, Watch, error);
        }

        /// <summary>Pauses after any other failure.</summary>
        private void Pause(Exception error)
        {
            if (!_hasFailed)
                failed(error);
            _hasFailed = true;
            Unwatch();
            _resume?.Dispose();
            _resume = timeProvider.CreateTimer(static state => ((Acceptor)state!).Watch(), this, _pauseAfterFailure, Timeout.InfiniteTimeSpan);
        }
    }
}
