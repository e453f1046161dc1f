using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.AspNetCore.Tests.Harness;

/// <summary>Apps in one process that share nicks, user ids and a server link.</summary>
internal sealed class LinkedApps : INickStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Owner, int Count)> _nicks = [];
    private readonly List<Link> _links = [];
    private int _nextId = IUserIdStore.FirstId;

    public Action<int>? Lost { get; set; }

    public void AddTo(IServiceCollection services)
    {
        var link = new Link(this);
        _links.Add(link);
        services.AddSingleton<IServerLink>(link);
        services.AddSingleton<INickStore>(this);
        services.AddSingleton<IUserIdStore>(new Ids(this));
    }

    public ValueTask<NickClaimResult> ReserveAsync(NickClaim claim, int owner, NickLookAlikes lookAlikes)
    {
        lock (_gate)
        {
            var held = _nicks.GetValueOrDefault(claim.Reading);
            if (held.Count > 0 && held.Owner != owner)
                return new ValueTask<NickClaimResult>(NickClaimResult.Taken);
            _nicks[claim.Reading] = (owner, held.Count + 1);
            return new ValueTask<NickClaimResult>(NickClaimResult.Reserved);
        }
    }

    public ValueTask ReleaseAsync(NickClaim claim, int owner)
    {
        lock (_gate)
        {
            var held = _nicks.GetValueOrDefault(claim.Reading);
            if (held.Owner == owner)
                _nicks[claim.Reading] = (owner, held.Count - 1);
        }

        return default;
    }

    private sealed class Link(LinkedApps apps) : IServerLink
    {
        public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var other in apps._links.Where(other => other != this))
            {
                await Task.Yield();
                yield return other.Answer!(question);
            }
        }
    }

    private sealed class Ids(LinkedApps apps) : IUserIdStore
    {
        public ValueTask<UserIdBlock> ReserveAsync(int count) => new(new UserIdBlock(Interlocked.Add(ref apps._nextId, 100) - 100, 100));
    }
}
