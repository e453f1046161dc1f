using System.Collections.Immutable;

namespace TPacket.Games.Matchmaking;

/// <summary>The state of matchmaking. Immutable.</summary>
/// <param name="Seed">The seed of the codes in room names.</param>
/// <param name="Number">The number of matches so far.</param>
/// <param name="Seekers">The members who look for a game, by id.</param>
/// <param name="Rooms">The rooms of matched members who have not left yet, by id.</param>
internal sealed record MatchmakingState(long Seed, int Number, ImmutableSortedDictionary<int, Seeker> Seekers, ImmutableSortedDictionary<int, string> Rooms);
