using TPacket.Client;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The reports of one client from its first connection to its close. Writing is thread-safe. Read it only after the last write.</summary>
/// <param name="name">The client's name in violations, and the prefix of its texts.</param>
/// <param name="nick">Its first nick.</param>
/// <param name="isKept">Whether it always reconnects within its grace, so that the server keeps its session.</param>
internal sealed class ClientRecord(string name, string nick, bool isKept)
{
    private readonly Lock _gate = new();
    private readonly List<Note> _notes = [];
    private readonly List<Speech> _speeches = [];

    /// <summary>Creates a complete record.</summary>
    public ClientRecord(string name, string nick, bool isKept, IEnumerable<Note> notes, IEnumerable<Speech> speeches)
        : this(name, nick, isKept) => (_notes, _speeches) = ([.. notes], [.. speeches]);

    public string Name => name;

    public string Nick => nick;

    public bool IsKept => isKept;

    public IReadOnlyList<Note> Notes => _notes;

    public IReadOnlyList<Speech> Speeches => _speeches;

    /// <summary>The ids that the client has had.</summary>
    public IEnumerable<int> Ids => _notes.Where(static note => note.Kind is NoteKind.Ready or NoteKind.Entered && note.UserId > 0).Select(static note => note.UserId).Distinct();

    /// <summary>The last notes, while others are written.</summary>
    public IReadOnlyList<Note> LastNotes(int count)
    {
        lock (_gate)
            return [.. _notes.TakeLast(count)];
    }

    public void Add(Note note)
    {
        lock (_gate)
            _notes.Add(note);
    }

    /// <summary>Adds a text before it is sent.</summary>
    /// <param name="now">Returns the current moment.</param>
    /// <param name="text">Returns the text of a number.</param>
    public Speech Say(Func<long> now, Func<int, string> text)
    {
        lock (_gate)
        {
            var speech = new Speech(text(_speeches.Count), _speeches.Count, now());
            _speeches.Add(speech);
            return speech;
        }
    }

    /// <summary>Returns the number of reconnects with a continuity.</summary>
    public int Count(SessionContinuity continuity) => Returns().Count(note => note.Continuity == continuity);

    /// <summary>Returns the first ready note after each loss of the connection.</summary>
    private IEnumerable<Note> Returns()
    {
        var isLost = false;
        foreach (var note in _notes)
        {
            if (note.Kind == NoteKind.Lost)
                isLost = true;
            if (note.Kind != NoteKind.Ready || !isLost)
                continue;
            isLost = false;
            yield return note;
        }
    }
}
