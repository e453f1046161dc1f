using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TPacket.Server;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>A link between servers of one process that breaks one rule, or none.</summary>
internal sealed class BrokenServerLink : IServerLink
{
    private readonly Place _place;
    private readonly BrokenServerLink[] _first;
    private readonly ConcurrentQueue<Action> _questions = new();
    private int _isReceiving;

    public BrokenServerLink(Place place)
    {
        _place = place;
        _first = [.. place.Links];
        place.Links = place.Links.Add(this);
    }

    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

    public void End()
    {
        if (_place.Broken != ServerLinkRule.EndedServersAreNotWaitedFor)
            _place.Links = _place.Links.Remove(this);
        else
            Answer = null;
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = _place.Broken == ServerLinkRule.LaterServersAreAsked ? _first : [.. _place.Links];
        if (_place.Broken == ServerLinkRule.QuestionsKeepTheirOrder && question.Length == 1)
            await Task.Yield();
        var answers = asked
            .Where(link => link != this || _place.Broken == ServerLinkRule.AskersDoNotAnswer)
            .Select(link => link.ReceiveAsync(_place.Broken == ServerLinkRule.AnswersFindTheirQuestion ? _place.Exchange(question) : question))
            .ToArray();
        foreach (var answer in answers)
        {
            var bytes = await answer.WaitAsync(_place.Broken == ServerLinkRule.CancelledWaitsEnd ? CancellationToken.None : cancellationToken);
            if (bytes.Length > 0 || _place.Broken != ServerLinkRule.EmptyAnswersCount)
                yield return _place.Broken == ServerLinkRule.BytesArriveWhole && bytes.Length > 1000 ? bytes[..1000] : bytes;
        }
    }

    private Task<ReadOnlyMemory<byte>> ReceiveAsync(ReadOnlyMemory<byte> question)
    {
        // A server that has ended never answers.
        var answered = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Enqueue(() =>
        {
            if (Answer is { } answer)
                answered.SetResult(answer(question));
        });
        if (Interlocked.Exchange(ref _isReceiving, 1) == 0)
            _ = Task.Run(Receive);
        return answered.Task;
    }

    private void Receive()
    {
        do
        {
            while (_questions.TryDequeue(out var next))
                next();
            Volatile.Write(ref _isReceiving, 0);
        }
        while (!_questions.IsEmpty && Interlocked.Exchange(ref _isReceiving, 1) == 0);
    }

    /// <summary>The servers of one test.</summary>
    /// <param name="broken">The rule that they break; null for none.</param>
    internal sealed class Place(ServerLinkRule? broken)
    {
        private readonly Lock _gate = new();
        private ReadOnlyMemory<byte> _last;

        public ServerLinkRule? Broken => broken;

        public ImmutableList<BrokenServerLink> Links { get; set; } = [];

        /// <summary>The question before this one.</summary>
        public ReadOnlyMemory<byte> Exchange(ReadOnlyMemory<byte> question)
        {
            lock (_gate)
            {
                var before = _last.IsEmpty ? question : _last;
                _last = question;
                return before;
            }
        }
    }
}
