using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Accepting;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>Accepts connections on every event loop. A free loop accepts the next connection and serves it.</summary>
internal sealed class EpollListener(Socket socket, EpollLoop[] loops, AcceptGate gate, TransportOptions options, TimeProvider timeProvider) : TransportListener
{
    private Acceptor[] _acceptors = [];
    private bool _disposed;

    public override EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public override void Start(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        ObjectDisposedException.ThrowIf(loops[0].IsStopping, typeof(EpollTransport));
        gate.Enter();
        accepted = OneAtATime(accepted);
        // A TCP connection inherits the size from the listening socket.
        var sendBufferBytes = socket.AddressFamily == AddressFamily.Unix ? options.SendBufferBytes : 0;
        _acceptors = [.. loops.Select(loop => new Acceptor(loop, (int)socket.Handle, sendBufferBytes, gate, accepted, failed, timeProvider))];
        foreach (var acceptor in _acceptors)
            acceptor.Watch();
    }

    public override async ValueTask DisposeAsync()
    {
        var wasDisposed = Interlocked.Exchange(ref _disposed, true);
        // The descriptor is closed only after every loop has stopped using it.
        await Task.WhenAll(_acceptors.Select(static acceptor => acceptor.StopAsync())).ConfigureAwait(false);
        socket.Dispose();
        if (!wasDisposed && _acceptors.Length > 0)
            gate.Leave([.. _acceptors.Select(static acceptor => acceptor.Turn)]);
    }

    /// <summary>Serializes the calls of <paramref name="accepted"/>, which all loops make.</summary>
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
        // The limit leaves connections to the other loops, and lets this loop serve its own connections in between.
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
                    Deliver(new EpollConnection(loop, descriptor, remote), accepted, failed);
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

        private void WatchOnLoop()
        {
            if (_stopping || _token is not null)
                return;
            _token = loop.Watch(this, listener, EpollInterest.Readable | EpollInterest.Exclusive);
            if (_token is not null)
                return;
            // A loop that has ended during a pause or before the start does not know this acceptor.
            if (loop.IsStopping)
                OnLoopStopped();
            else
                Wait(new IOException("The system refuses to watch another descriptor."));
        }

        private void Unwatch()
        {
            if (_token is { } token)
                loop.Unwatch(listener, token);
            _token = null;
        }

        /// <summary>
        /// Waits until there are descriptors for another connection. The loop does not watch the listener meanwhile, because epoll would report the unaccepted
        /// connections again and again.
        /// </summary>
        private void Wait(Exception? error)
        {
            Unwatch();
            gate.Wait(Turn, Watch, error);
        }

        /// <summary>Pauses after an error that is neither a shortage of descriptors nor the end of the peer's connection.</summary>
        private void Pause(Exception error)
        {
            if (!_hasFailed)
                failed(error);
            _hasFailed = true;
            Unwatch();
            _resume?.Dispose();
            _resume = timeProvider.CreateTimer(static state => ((Acceptor)state!).Watch(), this, PauseAfterFailure, Timeout.InfiniteTimeSpan);
        }
    }
}
