using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SignIn;

/// <summary>Issues and validates short-lived JSON Web Tokens (RFC 7519). The key is random at each start; several servers would have to share a key.</summary>
internal sealed class TokenIssuer
{
    private const string Name = "SignIn";

    private readonly JsonWebTokenHandler _handler = new();
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), SecurityAlgorithms.HmacSha256);
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _timeProvider;

    public TokenIssuer(IOptions<TokenOptions> options, TimeProvider timeProvider)
    {
        _lifetime = options.Value.Lifetime;
        _timeProvider = timeProvider;
        Validation = new TokenValidationParameters
        {
            ValidIssuer = Name,
            ValidAudience = Name,
            IssuerSigningKey = _credentials.Key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            NameClaimType = AccountClaim.Name,
            RoleClaimType = AccountClaim.Role,
            // The default accepts tokens for five minutes after their expiry.
            ClockSkew = TimeSpan.Zero,
            LifetimeValidator = (notBefore, expires, _, _) => timeProvider.GetUtcNow().UtcDateTime is var now && notBefore <= now && now < expires,
        };
    }

    /// <summary>The parameters that validate tokens.</summary>
    public TokenValidationParameters Validation { get; }

    /// <summary>Issues a token for an account.</summary>
    /// <param name="account">The account's principal.</param>
    public string Issue(ClaimsPrincipal account)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = Name,
            Subject = new ClaimsIdentity(account.Claims),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + _lifetime,
            SigningCredentials = _credentials,
        });
    }
}
